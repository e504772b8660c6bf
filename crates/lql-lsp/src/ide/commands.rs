//! What can be asked of a project beyond looking at it: the commands behind lenses and actions.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Something that can be done with a project. Editors call it by its name, with one object as its argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command")]
pub enum Command {
    /// Shows which sample events a query matches.
    #[serde(rename = "lql.showMatches")]
    ShowMatches {
        /// Its alias.
        query: String,
    },
    /// Shows the profile that a sample event leads to.
    #[serde(rename = "lql.showProfile")]
    ShowProfile {
        /// The name of the file of events.
        file: String,
        /// The line of the event, counted from 1.
        line: u64,
    },
    /// Tells why a field has no value, or a query no event.
    #[serde(rename = "lql.whyEmpty")]
    WhyEmpty {
        /// The alias of the query.
        query: String,
        /// The field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        field: Option<String>,
    },
    /// Shows which sample profiles are in a segment.
    #[serde(rename = "lql.showMembers")]
    ShowMembers {
        /// Its alias.
        segment: String,
    },
    /// Runs the tests of the project, those of a test file, or one of its cases.
    #[serde(rename = "lql.runTests")]
    RunTests {
        /// The name of the case.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        case: Option<String>,
    },
    /// Adds the first sample event that a query matches to the tests of its stream.
    #[serde(rename = "lql.addToTest")]
    AddToTest {
        /// Its alias.
        query: String,
    },
}

/// The names of the commands.
pub const NAMES: [&str; 6] = [
    "lql.showMatches",
    "lql.showProfile",
    "lql.whyEmpty",
    "lql.showMembers",
    "lql.runTests",
    "lql.addToTest",
];

impl Command {
    /// The name and the members of its argument.
    pub fn parts(&self) -> (String, Map<String, Value>) {
        let mut members = match serde_json::to_value(self) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        let name = members.shift_remove("command").and_then(|name| name.as_str().map(str::to_owned));
        (name.unwrap_or_default(), members)
    }

    /// From a name and the members of an argument. An error says what is missing.
    pub fn of_parts(name: &str, mut members: Map<String, Value>) -> Result<Self, String> {
        members.insert("command".into(), name.into());
        serde_json::from_value(Value::Object(members)).map_err(|error| format!("{name}: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_go_out_and_come_back() {
        let name = || "a".to_owned();
        let commands = [
            Command::ShowMatches { query: name() },
            Command::ShowProfile { file: name(), line: 3 },
            Command::WhyEmpty { query: name(), field: None },
            Command::ShowMembers { segment: name() },
            Command::RunTests { case: Some(name()) },
            Command::AddToTest { query: name() },
        ];
        let names: Vec<String> = commands.iter().map(|command| command.parts().0).collect();
        assert_eq!(names, NAMES);
        for command in commands {
            let (name, members) = command.parts();
            assert_eq!(Command::of_parts(&name, members), Ok(command));
        }
        let error = Command::of_parts("lql.showMatches", Map::new()).unwrap_err();
        assert_eq!(error, "lql.showMatches: missing field `query`");
    }
}
