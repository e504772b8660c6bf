//! The field name of a column without `AS` (reference 4.2).

use crate::catalog;
use lql_syntax::ast::{Expr, ExprKind};

/// The default name, or `None` where `AS` is required.
pub(crate) fn default_name(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Field(field) => Some(field.text.clone()),
        ExprKind::Call { name, args } => {
            let field = args.iter().find_map(first_field)?;
            let lower = name.text.to_ascii_lowercase();
            let function = catalog::find(&lower).map_or(lower.as_str(), |f| f.name);
            Some(match lower.as_str() {
                "todate" | "toint" | "tostring" | "tofloat" => field,
                "valuect" | "mapct" => format!("cts_{field}"),
                "count" => format!("ct_{field}"),
                _ => format!("{}_{field}", function.replace('.', "_")),
            })
        }
        ExprKind::Binary { left, .. } => default_name(left),
        _ => first_field(expr),
    }
}

/// The first field found depth first.
fn first_field(expr: &Expr) -> Option<String> {
    if let ExprKind::Field(field) = &expr.kind {
        return Some(field.text.clone());
    }
    let mut found = None;
    expr.children(|child| {
        if found.is_none() {
            found = first_field(child);
        }
    });
    found
}
