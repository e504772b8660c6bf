//! The identity values of a profile as a picture: each a box, each link a line with its first event, refused ones dashed.

mod dot;
mod svg;

use super::identity::IdentityWhy;
use super::place::{IdentityName, LinkPlace, RefusedWhy};

/// The graph of a profile.
#[derive(Clone, Debug)]
pub struct Graph<'w> {
    /// Its identity values first, then the other ends of refused links.
    nodes: Vec<&'w IdentityName>,
    /// How many of the nodes are of the profile.
    members: usize,
    /// Places of the ends in `nodes`.
    edges: Vec<(usize, usize, &'w LinkPlace)>,
}

impl<'w> Graph<'w> {
    /// The graph of a profile.
    pub fn new(why: &'w IdentityWhy) -> Self {
        let mut nodes: Vec<&IdentityName> = why.profile.identities.iter().collect();
        let members = nodes.len();
        let mut edges = Vec::new();
        for link in why.joined.iter().chain(&why.refused) {
            let mut place = |name: &'w IdentityName| {
                nodes.iter().position(|known| *known == name).unwrap_or_else(|| {
                    nodes.push(name);
                    nodes.len() - 1
                })
            };
            edges.push((place(&link.a), place(&link.b), link));
        }
        Self { nodes, members, edges }
    }
}

/// Why a link was refused, in a word or two.
fn reason(why: &RefusedWhy) -> String {
    match why {
        RefusedWhy::Conflict { a, .. } => format!("conflict of {}", a.field),
        RefusedWhy::NeighbourLimit { .. } => "neighbour limit".to_owned(),
        RefusedWhy::IdentityLimit { .. } => "identity limit".to_owned(),
    }
}
