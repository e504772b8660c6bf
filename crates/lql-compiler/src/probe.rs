//! Programs that compute every sub-expression of a query or a filter: what each is worth for one event or profile.
//!
//! The same lowering, instructions and machine as in a run, so what a probe shows is what happens. Run the program with
//! the machine's `value`, then look into the registers that the probes name.

use crate::check::{Checked, CheckedQuery, ExprChecker, Includes, Scene};
use crate::codegen::{self, TooLarge};
use crate::compile::too_large;
use crate::graph::{Graph, Node, NodeId};
use crate::lower::{self, Names};
use crate::program::{Program, Reg, Segment};
use crate::{Kind, catalog, program};
use lql_syntax::ast::{BinaryOp, Dialect, Expr, ExprKind, ListOp};
use lql_syntax::{Diagnostic, Span};
use std::collections::{HashMap, HashSet};

/// A sub-expression and the register that holds its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Index of its source.
    pub file: u32,
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub part: Part,
    /// The register.
    pub register: Reg,
    /// Its operands, in the order of [`Expr::children`]. Of `INCLUDE`, the condition of the segment, unless it stands
    /// above or was shown before.
    pub children: Vec<Probe>,
}

/// What a sub-expression is, as far as showing its value needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A constant, or a list of constants.
    Literal,
    /// An event key or a profile field.
    Key,
    /// A call of the function with this name.
    Call(String),
    /// `AND`, infix or before a list.
    All,
    /// `OR`, infix or before a list.
    Any,
    /// `NOT`
    Not,
    /// `INCLUDE` of the segment with this slug.
    Include(String),
    /// A comparison, or any other operator that gives true or false.
    Test,
    /// A choice among values: `a IF b ELSE c`, or an arm of one.
    Choice,
    /// Arithmetic, casts, lists.
    Other,
}

/// The probes of all queries of a stream.
#[derive(Clone, Debug)]
pub struct StreamProbes {
    /// Computes them all. Its keys are event keys.
    pub program: Program,
    /// In the order of the stream's own program.
    pub queries: Vec<QueryProbes>,
}

/// The probes of a query.
#[derive(Clone, Debug)]
pub struct QueryProbes {
    /// Index of the query in [`Checked::queries`].
    pub query: usize,
    /// `WHERE`.
    pub condition: Option<Probe>,
    /// In the order of [`CheckedQuery::columns`].
    pub columns: Vec<ColumnProbes>,
}

/// The probes of a column.
#[derive(Clone, Debug)]
pub struct ColumnProbes {
    /// `IF`.
    pub guard: Option<Probe>,
    /// The expression.
    pub value: Probe,
    /// The register of the value as it is written: cast to the kind of the field.
    pub written: Reg,
}

/// The probes of a segment.
#[derive(Clone, Debug)]
pub struct SegmentProbes {
    /// Computes them all. Its keys are profile fields.
    pub program: Program,
    /// The filter.
    pub condition: Probe,
}

impl Checked {
    /// The probes of a stream's queries; `None` if no query reads it. An error is a stream with too many expressions.
    ///
    /// ```
    /// use lql_compiler::{Settings, Source, check};
    ///
    /// let web = "SELECT email(m) AS email, total AS spent IF paid == true FROM web INTO user BY email ALIAS web";
    /// let checked = check(&[Source::lql("web.lql", web)], &Settings::default());
    /// let probes = checked.probe_stream("web").unwrap().unwrap();
    /// let guard = probes.queries[0].columns[1].guard.as_ref().unwrap();
    /// let texts: Vec<_> = guard.children.iter().map(|probe| probe.span.of(web)).collect();
    /// assert_eq!((guard.span.of(web), texts), ("paid == true", vec!["paid", "true"]));
    /// ```
    pub fn probe_stream(&self, stream: &str) -> Result<Option<StreamProbes>, Box<Diagnostic>> {
        let queries = || self.queries.iter().enumerate().filter(|(_, query)| query.stream == stream);
        let Some((_, first)) = queries().next() else { return Ok(None) };
        let segments = HashMap::new();
        let names = Names { kinds: None, fields: None, segments: &segments };
        let mut prober = Prober { names, slugs: HashMap::new(), graph: Graph::new(), roots: Vec::new() };
        let mut probed: Vec<QueryProbes> =
            queries().map(|(index, query)| prober.query(index, query)).collect();
        let (program, registers) = codegen::registers(&prober.graph, &prober.roots)
            .map_err(|TooLarge| too_large(stream, (first.file, first.tree.span)))?;
        let register = |at: &mut Reg| *at = registers.get(usize::from(*at)).copied().unwrap_or_default();
        for query in &mut probed {
            query.condition.iter_mut().for_each(|probe| probe.place(register));
            for column in &mut query.columns {
                column.guard.iter_mut().for_each(|probe| probe.place(register));
                column.value.place(register);
                register(&mut column.written);
            }
        }
        let program = Program { stream: stream.to_owned(), ..program };
        Ok(Some(StreamProbes { program, queries: probed }))
    }

    /// The probes of a segment's filter; `None` if no segment has this slug (lower case).
    pub fn probe_segment(&self, slug: &str) -> Result<Option<SegmentProbes>, Box<Diagnostic>> {
        let Some(segment) = self.segments.iter().find(|segment| segment.slug == slug) else {
            return Ok(None);
        };
        let Some(condition) = &segment.tree.condition else { return Ok(None) };
        let conditions = crate::check::conditions(&self.segments);
        let fields = crate::check::fields_of(&self.schema, &segment.table);
        let names = Names { kinds: None, fields: Some(&fields), segments: &conditions };
        let slugs = self.segments.iter().map(|it| (it.slug.as_str(), it.file)).collect();
        let mut prober = Prober { names, slugs, graph: Graph::new(), roots: Vec::new() };
        let mut shown = HashSet::from([slug.to_owned()]);
        let mut condition = prober.expr(segment.file, condition, &mut shown);
        let (program, registers) = codegen::registers(&prober.graph, &prober.roots)
            .map_err(|TooLarge| too_large(slug, (segment.file, segment.tree.span)))?;
        condition.place(|at| *at = registers.get(usize::from(*at)).copied().unwrap_or_default());
        Ok(Some(SegmentProbes { program, condition }))
    }
}

impl Checked {
    /// A filter that stands outside the project, such as in a test, on one of its tables: like a segment, it may include
    /// the project's own. An error is the findings, with places in `text`.
    ///
    /// ```
    /// use lql_compiler::{Settings, Source, check};
    ///
    /// let web = "SELECT email(m) AS email, count(*) AS visits FROM web INTO user BY email ALIAS web";
    /// let checked = check(&[Source::lql("web.lql", web)], &Settings::default());
    /// assert!(checked.filter("visits > 5", "user").is_ok());
    /// assert_eq!(checked.filter("visit > 5", "user").unwrap_err()[0].code.to_string(), "LQL0505");
    /// ```
    pub fn filter(&self, text: &str, table: &str) -> Result<Segment, Vec<Diagnostic>> {
        let conditions = crate::check::conditions(&self.segments);
        let fields = crate::check::fields_of(&self.schema, table);
        let (tree, mut findings) = crate::expression::parse_lone(text, Dialect::FilterQl);
        let scene = Scene { dialect: Dialect::FilterQl, fields: Some(&fields), includes: true, kinds: None };
        let mut checker = ExprChecker::new(scene);
        checker.condition(&tree);
        let mut includes = Includes::new(&conditions);
        findings.append(&mut checker.diagnostics);
        findings.extend(checker.included.iter().filter_map(|name| includes.check(name)));
        if !findings.is_empty() {
            return Err(findings);
        }
        let names = Names { kinds: None, fields: Some(&fields), segments: &conditions };
        let mut graph = Graph::new();
        let root = lower::expr(&mut graph, &names, &tree);
        let program = codegen::expression(&graph, root)
            .map_err(|TooLarge| vec![*too_large("filter", (0, tree.span))])?;
        Ok(Segment { slug: String::new(), table: self.schema.find_table(table), program })
    }
}

impl Probe {
    /// Calls `visit` on every register below and here.
    fn place(&mut self, visit: impl Fn(&mut Reg) + Copy) {
        visit(&mut self.register);
        self.children.iter_mut().for_each(|child| child.place(visit));
    }
}

impl Part {
    fn of(tree: &Expr) -> Self {
        use BinaryOp::{Add, And, Div, Mul, Or, Rem, Sub};
        match &tree.kind {
            ExprKind::Literal(_) | ExprKind::Star | ExprKind::Broken => Self::Literal,
            ExprKind::Set { items, .. } => {
                let constant = items.iter().all(|item| matches!(item.kind, ExprKind::Literal(_)));
                if constant { Self::Literal } else { Self::Other }
            }
            ExprKind::Field(_) => Self::Key,
            ExprKind::Call { name, .. } => {
                let name = name.text.to_lowercase();
                Self::Call(catalog::find(&name).map_or(name, |function| function.name.to_owned()))
            }
            ExprKind::Binary { op: And, .. } | ExprKind::List { op: ListOp::And, .. } => Self::All,
            ExprKind::Binary { op: Or, .. } | ExprKind::List { op: ListOp::Or, .. } => Self::Any,
            ExprKind::Not(_) => Self::Not,
            ExprKind::Include(name) => Self::Include(name.text.to_lowercase()),
            ExprKind::Binary { op: Add | Sub | Mul | Div | Rem, .. }
            | ExprKind::Negate(_)
            | ExprKind::Cast { .. } => Self::Other,
            ExprKind::Binary { .. } | ExprKind::Between { .. } | ExprKind::Exists(_) => Self::Test,
            ExprKind::IfElse { .. } | ExprKind::Guarded { .. } => Self::Choice,
        }
    }
}

/// Gathers the values to compute. While it does, `register` is the place in `roots`.
struct Prober<'p> {
    names: Names<'p>,
    /// The file of each segment.
    slugs: HashMap<&'p str, u32>,
    graph: Graph,
    roots: Vec<NodeId>,
}

impl Prober<'_> {
    fn query(&mut self, index: usize, query: &CheckedQuery) -> QueryProbes {
        let shown = &mut HashSet::new();
        let condition = query.tree.condition.as_ref().map(|tree| self.expr(query.file, tree, shown));
        let mut columns = Vec::new();
        for column in &query.columns {
            let Some(tree) = query.tree.columns.get(column.index) else { continue };
            let guard = tree.guard.as_ref().map(|guard| self.expr(query.file, guard, shown));
            let value = self.expr(query.file, &tree.expr, shown);
            let written = match (column.kind, self.roots.get(usize::from(value.register))) {
                (Kind::Dynamic, _) | (_, None) => value.register,
                (kind, Some(node)) => {
                    let cast = self.graph.add(Node::Cast(kind, *node));
                    self.root(cast)
                }
            };
            columns.push(ColumnProbes { guard, value, written });
        }
        QueryProbes { query: index, condition, columns }
    }

    /// Operands first.
    fn expr(&mut self, file: u32, tree: &Expr, shown: &mut HashSet<String>) -> Probe {
        let mut children = Vec::new();
        tree.children(|child| children.push(self.expr(file, child, shown)));
        if let ExprKind::Include(name) = &tree.kind {
            let slug = name.text.to_lowercase();
            if let (Some(condition), Some(file)) =
                (self.names.segments.get(&slug), self.slugs.get(slug.as_str()).copied())
                && shown.insert(slug.clone())
            {
                children.push(self.expr(file, condition, shown));
            }
        }
        let node = lower::expr(&mut self.graph, &self.names, tree);
        Probe { file, span: tree.span, part: Part::of(tree), register: self.root(node), children }
    }

    fn root(&mut self, node: NodeId) -> program::Reg {
        self.roots.push(node);
        // More than fit are refused in `registers`.
        Reg::try_from(self.roots.len() - 1).unwrap_or(Reg::MAX)
    }
}
