use super::*;
use proptest::prelude::*;

fn rows(input: &str, keys: &[&str], want: &[&str]) {
    for chunk_size in [1, 7, 1 << 20] {
        let options = Options { format: Some(Format::Csv), chunk_size, ..Options::default() };
        assert_eq!(records(input.as_bytes(), options, keys), want, "{input:?} in chunks of {chunk_size}");
    }
}

#[test]
fn cells_are_texts_by_column_name() {
    rows("a,b\n1,x\n,\n", &["b", "a", "c"], &[r#"2: "x" "1" -"#, r#"3: "" "" -"#]);
    rows("a,b\r\n1,x\r\n\r\n2,y", &["a"], &[r#"2: "1""#, r#"4: "2""#]);
    rows("\u{feff}a,b\n1,2\n", &["a"], &[r#"2: "1""#]);
    rows("a.b,c[0]\n1,2\n", &["a.b", "c[0]"], &[r#"2: "1" "2""#]);
}

#[test]
fn quoted_cells_hold_delimiters_quotes_and_line_breaks() {
    rows("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n", &["a", "b"], &["2: \"x,y\" \"say \\\"hi\\\"\""]);
    rows("a,b\n\"1\n2\r\n3\",x\n4,y\n", &["a"], &[r#"2: "1\n2\r\n3""#, r#"5: "4""#]);
    rows("\"a\"\n\"\"\nz\n", &["a"], &[r#"2: """#, r#"3: "z""#]);
}

#[test]
fn rows_of_another_width_are_rejected_at_the_surplus_cell_or_the_end() {
    rows(
        "a,b\n1\n1,2,3\n4,5\n",
        &["a"],
        &[
            "2:2! the row has 1 cells, the header has 2",
            "3:5! the row has 3 cells, the header has 2",
            r#"4: "4""#,
        ],
    );
}

#[test]
fn misplaced_quotes_are_rejected_and_the_next_row_is_read() {
    let stray = "a quote inside a cell: quote the whole cell and double the quotes in it";
    rows(
        "a,b\n5\" pipe,1\n\"a\"b,2\nc,3\n",
        &["a"],
        &[&format!("2:2! {stray}"), &format!("3:3! {stray}"), r#"4: "c""#],
    );
    rows("a,b\n1,2\nx,\"y\nz,1\n", &["a"], &[r#"2: "1""#, "3:3! the quote that opens here is never closed"]);
    rows(
        "a,b\n1,2\n\"p\nq\",\"y\nz\n",
        &["a"],
        &[r#"2: "1""#, "4:4! the quote that opens here is never closed"],
    );
}

#[test]
fn faults_far_into_a_row_have_their_place() {
    let long = "x".repeat(150);
    let quoted = format!("\"{long}\"");
    rows(
        &format!("a,b\n{long},y\"\n{quoted},y\"\n{quoted},\"y\n\",\n{long},y\n"),
        &["b"],
        &[
            "2:153! a quote inside a cell: quote the whole cell and double the quotes in it",
            "3:155! a quote inside a cell: quote the whole cell and double the quotes in it",
            "5:3! the row has 3 cells, the header has 2",
            r#"6: "y""#,
        ],
    );
}

#[test]
fn columns_of_one_name_are_a_list_and_nameless_columns_are_not_readable() {
    rows("a,a,\n1,2,3\n", &["a", ""], &[r#"2: ["1" "2"] -"#]);
}

#[test]
fn captures_gather_columns() {
    let projection = projection(&["x_a"], &["x_"]);
    let layout =
        Layout::Csv(Header { names: vec!["x_b".into(), "x_".into(), "x_a".into()], delimiter: b'|' });
    let arena = Bump::new();
    let mut slots = vec![Value::Missing; 2];
    Decoder::new(&projection, &layout).csv_row(b"1|2|3", &arena, &mut slots).unwrap();
    assert_eq!(show_all(&slots), r#""3" {a:"3" b:"1"}"#);
}

#[test]
fn column_names_may_be_given() {
    let options = Options {
        format: Some(Format::Csv),
        columns: Some(vec!["a".into(), "b".into()]),
        delimiter: b'\t',
        ..Options::default()
    };
    assert_eq!(records(b"1\t2\n", options, &["b"]), [r#"1: "2""#]);
}

#[test]
fn a_damaged_header_or_delimiter_is_an_error() {
    let csv = Options { format: Some(Format::Csv), ..Options::default() };
    let stray = "cannot open: header row, line 1, column 2: a quote inside a cell: quote the whole cell and double the quotes in it";
    assert_eq!(records(b"a\"b,c\n1,2\n", csv.clone(), &[]), [stray]);
    let quote = Options { delimiter: b'"', ..csv.clone() };
    assert_eq!(records(b"a\n", quote, &[]), ["cannot open: '\"' cannot be a delimiter"]);
    assert!(records(b"", csv.clone(), &[]).is_empty());
    assert!(records(b"a,b\n", csv, &[]).is_empty());
}

#[test]
fn invalid_utf8_in_a_row_is_rejected() {
    let options = Options::default();
    assert_eq!(
        records(b"a,b\n1,\xff\n2,3\n", options, &["a"]),
        ["2:3! the text is not valid UTF-8", r#"3: "2""#]
    );
}

#[test]
fn the_hash_of_a_row_is_of_its_cells() {
    let hashes = |input: &str, delimiter| {
        let options = Options { format: Some(Format::Csv), delimiter, ..Options::default() };
        let mut chunker = Chunker::open(input.as_bytes(), options).unwrap();
        let chunk = chunker.next_chunk().unwrap().unwrap();
        chunk.records().map(|record| record.unwrap().content_hash()).collect::<Vec<_>>()
    };
    let plain = hashes("a,b\n1,x\n12,\n", b',');
    assert_eq!(plain, hashes("\"a\";b\r\n1;\"x\"\r\n\"12\";\r\n", b';'));
    assert_ne!(plain, hashes("a,c\n1,x\n12,\n", b','));
    assert_ne!(plain[1], hashes("a,b\n1,2\n", b',')[0]);
    assert_eq!(content_hash(b" {\"a\":1}\r\n"), content_hash(b"{\"a\":1}"));
}

proptest! {
    #![proptest_config(lql_cases::cases(300))]

    #[test]
    fn written_cells_are_read_back_in_chunks_of_any_size(
        table in prop::collection::vec(prop::collection::vec("[a,;\"\r\né]{0,6}", 3), 1..6),
        quote_all in any::<bool>(),
        chunk_size in 1_usize..40,
        delimiter in prop::sample::select(b",;|\t".to_vec()),
    ) {
        let mut text = format!("a{0}b{0}c\n", char::from(delimiter));
        let mut want = Vec::new();
        let mut line = 2;
        for row in &table {
            let special = |cell: &String| cell.contains(['"', '\n', '\r', char::from(delimiter)]);
            let cells: Vec<String> = row
                .iter()
                .map(|cell| if quote_all || special(cell) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() })
                .collect();
            text += &cells.join(&char::from(delimiter).to_string());
            text += if quote_all { "\r\n" } else { "\n" };
            want.push(format!("{line}: {:?} {:?}", row[2], row[0]));
            line += 1 + row.iter().map(|cell| cell.matches('\n').count()).sum::<usize>();
        }
        let options = Options { format: Some(Format::Csv), delimiter, chunk_size, ..Options::default() };
        prop_assert_eq!(records(text.as_bytes(), options, &["c", "a"]), want, "{:?}", text);
    }

    #[test]
    fn wide_rows_are_read_back(
        table in prop::collection::vec(prop::collection::vec("[a,\"é]{0,2}|[a-f]{0,90}", 40), 1..4),
    ) {
        let columns: Vec<String> = (0..40).map(|at| format!("c{at}")).collect();
        let mut text = columns.join(",");
        for row in &table {
            let cell = |cell: &String| if cell.contains(['"', ',']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() };
            text += "\n";
            text += &row.iter().map(cell).collect::<Vec<_>>().join(",");
        }
        let keys: Vec<&str> = columns.iter().map(String::as_str).collect();
        let want: Vec<String> = (2..).zip(&table).map(|(line, row)| {
            format!("{line}: {}", row.iter().map(|cell| format!("{cell:?}")).collect::<Vec<_>>().join(" "))
        }).collect();
        let options = Options { format: Some(Format::Csv), ..Options::default() };
        prop_assert_eq!(records(text.as_bytes(), options, &keys), want, "{:?}", text);
    }
}
