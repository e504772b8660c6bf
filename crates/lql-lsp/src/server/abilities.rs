//! What the server offers, and what it asks of the client at the start.

use super::lines::Encoding;
use super::requests::colours;
use crate::ide::commands;
use serde_json::json;
use tower_lsp_server::ls_types::{
    CallHierarchyServerCapability, ClientCapabilities, ClientInfo, CodeActionKind, CodeActionOptions,
    CodeActionProviderCapability, CodeLensOptions, CompletionOptions, DiagnosticOptions,
    DiagnosticServerCapabilities, DocumentLinkOptions, DocumentOnTypeFormattingOptions,
    ExecuteCommandOptions, FoldingRangeProviderCapability, HoverProviderCapability, InitializeResult,
    LinkedEditingRangeServerCapabilities, OneOf, Registration, RenameOptions, ResourceOperationKind,
    SaveOptions, SelectionRangeProviderCapability, SemanticTokensFullOptions, SemanticTokensOptions,
    SemanticTokensServerCapabilities, ServerCapabilities, ServerInfo, SignatureHelpOptions,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions,
    TypeDefinitionProviderCapability, WorkDoneProgressOptions, WorkspaceFoldersServerCapabilities,
    WorkspaceServerCapabilities,
};

/// The answer to `initialize`.
pub fn offer(encoding: Encoding) -> InitializeResult {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
        ..TextDocumentSyncOptions::default()
    };
    let folders = WorkspaceFoldersServerCapabilities {
        supported: Some(true),
        change_notifications: Some(OneOf::Left(true)),
    };
    let pull = DiagnosticOptions {
        identifier: Some("lql".into()),
        inter_file_dependencies: true,
        workspace_diagnostics: true,
        ..DiagnosticOptions::default()
    };
    let capabilities = ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(folders),
            ..WorkspaceServerCapabilities::default()
        }),
        diagnostic_provider: Some(DiagnosticServerCapabilities::Options(pull)),
        document_formatting_provider: Some(OneOf::Left(true)),
        document_range_formatting_provider: Some(OneOf::Left(true)),
        document_on_type_formatting_provider: Some(DocumentOnTypeFormattingOptions {
            first_trigger_character: ";".into(),
            more_trigger_character: None,
        }),
        completion_provider: Some(CompletionOptions {
            resolve_provider: Some(true),
            trigger_characters: Some([".", "(", ",", "[", "\"", "@"].map(String::from).into()),
            ..CompletionOptions::default()
        }),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        signature_help_provider: Some(SignatureHelpOptions {
            trigger_characters: Some(["(", ","].map(String::from).into()),
            retrigger_characters: Some(vec![")".into()]),
            ..SignatureHelpOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        type_definition_provider: Some(TypeDefinitionProviderCapability::Simple(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        linked_editing_range_provider: Some(LinkedEditingRangeServerCapabilities::Simple(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        })),
        document_symbol_provider: Some(OneOf::Left(true)),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        selection_range_provider: Some(SelectionRangeProviderCapability::Simple(true)),
        inlay_hint_provider: Some(OneOf::Left(true)),
        call_hierarchy_provider: Some(CallHierarchyServerCapability::Simple(true)),
        document_link_provider: Some(DocumentLinkOptions {
            resolve_provider: Some(false),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        }),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![
                CodeActionKind::QUICKFIX,
                CodeActionKind::SOURCE_FIX_ALL,
                CodeActionKind::REFACTOR_EXTRACT,
                CodeActionKind::REFACTOR_REWRITE,
            ]),
            ..CodeActionOptions::default()
        })),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(false) }),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: commands::NAMES.map(String::from).into(),
            work_done_progress_options: WorkDoneProgressOptions { work_done_progress: Some(true) },
        }),
        semantic_tokens_provider: Some(SemanticTokensServerCapabilities::SemanticTokensOptions(
            SemanticTokensOptions {
                legend: colours::legend(),
                range: Some(true),
                full: Some(SemanticTokensFullOptions::Delta { delta: Some(true) }),
                ..SemanticTokensOptions::default()
            },
        )),
        ..ServerCapabilities::default()
    };
    let server = ServerInfo { name: "lql".into(), version: Some(env!("CARGO_PKG_VERSION").into()) };
    InitializeResult { capabilities, server_info: Some(server), offset_encoding: None }
}

/// Clients that say they fetch findings, and only show those that are pushed.
const ONLY_SAY_THAT_THEY_PULL: &[&str] = &["@codemirror/lsp-client"];

/// What the client can, as far as what it says of itself is known to be so.
pub fn believed(mut said: ClientCapabilities, client: Option<&ClientInfo>) -> ClientCapabilities {
    let is_wrong = client.is_some_and(|it| ONLY_SAY_THAT_THEY_PULL.contains(&it.name.as_str()));
    if let Some(text_document) = said.text_document.as_mut().filter(|_| is_wrong) {
        text_document.diagnostic = None;
    }
    said
}

/// Whether the client fetches findings itself. Then none are pushed: it would show each twice.
pub fn pulls(client: &ClientCapabilities) -> bool {
    client.text_document.as_ref().is_some_and(|it| it.diagnostic.is_some())
}

/// Whether the client shows how far long work is.
pub fn shows_progress(client: &ClientCapabilities) -> bool {
    client.window.as_ref().is_some_and(|it| it.work_done_progress == Some(true))
}

/// Whether the client can be asked for the user's settings.
pub fn has_settings(client: &ClientCapabilities) -> bool {
    client.workspace.as_ref().is_some_and(|it| it.configuration == Some(true))
}

/// Whether the client can be told to fetch findings again.
pub fn refreshes(client: &ClientCapabilities) -> bool {
    let workspace = client.workspace.as_ref();
    workspace.and_then(|it| it.diagnostics.as_ref()).is_some_and(|it| it.refresh_support == Some(true))
}

/// Whether the client can be told to fetch lenses again.
pub fn refreshes_lenses(client: &ClientCapabilities) -> bool {
    let workspace = client.workspace.as_ref();
    workspace.and_then(|it| it.code_lens.as_ref()).is_some_and(|it| it.refresh_support == Some(true))
}

/// Whether the client can be told to fetch hints again.
pub fn refreshes_hints(client: &ClientCapabilities) -> bool {
    let workspace = client.workspace.as_ref();
    workspace.and_then(|it| it.inlay_hint.as_ref()).is_some_and(|it| it.refresh_support == Some(true))
}

/// Whether the client opens documents when it is asked to.
pub fn shows_documents(client: &ClientCapabilities) -> bool {
    let window = client.window.as_ref();
    window.and_then(|it| it.show_document.as_ref()).is_some_and(|it| it.support)
}

/// Whether the client shows the value that a command is answered with. The protocol has no word for it.
pub fn shows_answers(client: &ClientCapabilities) -> bool {
    let own = client.experimental.as_ref();
    own.and_then(|it| it.get("showsAnswers")).is_some_and(|it| it.as_bool() == Some(true))
}

/// Whether the client applies edits that the server asks for.
pub fn applies_edits(client: &ClientCapabilities) -> bool {
    client.workspace.as_ref().is_some_and(|it| it.apply_edit == Some(true))
}

/// Whether edits may say which version they are for.
pub fn versions_edits(client: &ClientCapabilities) -> bool {
    let edits = client.workspace.as_ref().and_then(|it| it.workspace_edit.as_ref());
    edits.is_some_and(|it| it.document_changes == Some(true))
}

/// Whether edits may create files.
pub fn creates_files(client: &ClientCapabilities) -> bool {
    let edits = client.workspace.as_ref().and_then(|it| it.workspace_edit.as_ref());
    let operations = edits.and_then(|it| it.resource_operations.as_ref());
    operations.is_some_and(|it| it.contains(&ResourceOperationKind::Create))
}

/// Whether the client tells of changes on the disk when it is asked to.
pub fn tells_of_files(client: &ClientCapabilities) -> bool {
    let watches = client.workspace.as_ref().and_then(|it| it.did_change_watched_files.as_ref());
    watches.is_some_and(|it| it.dynamic_registration == Some(true))
}

/// What can only be asked for after the start: to be told when files change on the disk.
pub fn registrations(client: &ClientCapabilities) -> Vec<Registration> {
    if !tells_of_files(client) {
        return Vec::new();
    }
    let patterns = ["**/*.lql", "**/*.fql", "**/lql.toml", "**/*.test.toml", "**/events/*"];
    let watchers = patterns.map(|pattern| json!({ "globPattern": pattern }));
    vec![Registration {
        id: "files".into(),
        method: "workspace/didChangeWatchedFiles".into(),
        register_options: Some(json!({ "watchers": watchers })),
    }]
}
