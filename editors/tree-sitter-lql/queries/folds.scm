; A statement, its columns, and what stands in brackets.
[
  (query)
  (filter)
  (projection)
  (select_clause)
  (list)
  (set)
  (arguments)
  (object)
] @fold

(comment) @fold
