//! Form bodies and queries with brackets: `line_items[0][price_data][unit_amount]=2350`.

use serde::de::DeserializeOwned;

use super::errors::ApiError;

/// Deep enough for `line_items[0][price_data][product_data][metadata][key]`.
const DEPTH: usize = 8;

/// Reads a body or query string into a typed request.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    // Form encoding also accepts `%5B0%5D` for `[0]`, which browsers and curl send.
    let reader = serde_qs::Config::new().max_depth(DEPTH).use_form_encoding(true);
    reader.deserialize_str(text).map_err(|fault| ApiError::unreadable(fault.to_string()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::parse;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Order {
        lines: Vec<Line>,
        #[serde(default)]
        metadata: BTreeMap<String, String>,
        #[serde(default)]
        expand: Vec<String>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Line {
        amount: i64,
        name: String,
    }

    #[test]
    fn brackets_become_structs_and_lists() {
        let text = "lines[0][amount]=5&lines[0][name]=A+%26+B&lines[1][amount]=-1&lines[1][name]=%C3%A9&metadata[order%20id]=7&expand[]=a";
        let order: Order = parse(text).expect("reads");
        assert_eq!(order.lines[0], Line { amount: 5, name: "A & B".into() });
        assert_eq!(order.lines[1], Line { amount: -1, name: "é".into() });
        assert_eq!(order.metadata["order id"], "7");
        assert_eq!(order.expand, ["a"]);
    }

    #[test]
    fn encoded_brackets_are_brackets() {
        let order: Order = parse("lines%5B0%5D%5Bamount%5D=5&lines%5B0%5D%5Bname%5D=x").expect("reads");
        assert_eq!(order.lines[0].amount, 5);
    }

    #[test]
    fn an_unknown_parameter_is_named() {
        let fault = parse::<Order>("lines[0][amount]=5&lines[0][name]=x&colour=red").expect_err("refused");
        assert_eq!(fault.body()["error"]["code"], "parameter_unknown");
        assert_eq!(fault.body()["error"]["param"], "colour");
    }
}
