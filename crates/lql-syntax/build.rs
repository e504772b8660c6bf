//! Turns the grammar of expressions into a parser.

fn main() {
    println!("cargo:rerun-if-changed=src/grammar.lalrpop");
    lalrpop::Configuration::new()
        .use_cargo_dir_conventions()
        .process()
        .unwrap_or_else(|error| panic!("src/grammar.lalrpop: {error}"));
}
