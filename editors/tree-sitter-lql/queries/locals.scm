; A column defines a field; BY and, in filters, everything else use fields.
(query) @local.scope
(filter) @local.scope
(projection) @local.scope

(as_clause name: (identifier) @local.definition)

(by_clause identity: (identifier) @local.reference)
