//! What each construct means: the addresses that a rule with it allows.

use super::{fault, group, rule, rules};

/// The addresses that `value` gives, after the declarations `before`.
fn addresses(before: &str, value: &str) -> String {
    let text = format!("{before}\n{}", group(&format!("[{}]", rule("'r'", value))));
    let rules = rules(&text);
    let [line] = rules.as_slice() else { panic!("{rules:?}\n{text}") };
    line.split(" to ").nth(1).unwrap().trim_matches(['(', ')']).to_owned()
}

#[test]
fn expressions_give_what_bicep_says() {
    let cases = [
        ("", "['192.0.2.1', '192.0.2.2']", "192.0.2.1, 192.0.2.2"),
        ("param n int = 3", "['192.0.2.${n}']", "192.0.2.3"),
        ("var n = 3", "['192.0.2.${n + 4 * 2 - 1}']", "192.0.2.10"),
        ("var n = 3", "['192.0.2.${(n + 4) * 2}']", "192.0.2.14"),
        ("var n = 17", "['192.0.2.${n / 5}', '192.0.2.${n % 5 + 10}']", "192.0.2.3, 192.0.2.12"),
        ("param e string = 'prod'", "e == 'prod' ? ['192.0.2.1'] : ['192.0.2.2']", "192.0.2.1"),
        ("param e string = 'PROD'", "e != 'prod' ? ['192.0.2.1'] : ['192.0.2.2']", "192.0.2.1"),
        ("param e string = 'PROD'", "e =~ 'prod' ? ['192.0.2.1'] : ['192.0.2.2']", "192.0.2.1"),
        ("param e string = 'PROD'", "e !~ 'prod' ? ['192.0.2.1'] : ['192.0.2.2']", "192.0.2.2"),
        ("var n = 3", "n > 2 && n <= 3 ? ['192.0.2.1'] : ['192.0.2.2']", "192.0.2.1"),
        ("var n = 3", "n < 2 || !(n >= 4) ? ['192.0.2.1'] : ['192.0.2.2']", "192.0.2.1"),
        ("param a array?", "a ?? ['192.0.2.1']", "192.0.2.1"),
        ("param o object = {}", "o.?list ?? ['192.0.2.1']", "192.0.2.1"),
        ("param o object = { list: ['192.0.2.9'] }", "o.?list ?? ['192.0.2.1']", "192.0.2.9"),
        ("param o object = { 'a-b': { c: ['192.0.2.9'] } }", "o['a-b'].c", "192.0.2.9"),
        ("var l = ['192.0.2.1', '192.0.2.2']", "[l[1]]", "192.0.2.2"),
        ("var l = ['192.0.2.1', '192.0.2.2', '192.0.2.3']", "[l[^1]]", "192.0.2.3"),
        ("var l = ['192.0.2.1']", "[...l, '192.0.2.2']", "192.0.2.1, 192.0.2.2"),
        ("var o = { a: ['192.0.2.1'] }\nvar p = { ...o, b: 1 }", "p.a", "192.0.2.1"),
        ("var k = 'a'\nvar o = { '${k}b': ['192.0.2.1'] }", "o.ab", "192.0.2.1"),
        ("var l = [for i in range(4, 2): '192.0.2.${i}']", "l", "192.0.2.4, 192.0.2.5"),
        ("var l = [for (x, i) in ['a', 'b']: '192.0.2.${i}']", "l", "192.0.2.0, 192.0.2.1"),
        ("", "map([1, 2], n => '192.0.2.${n}')", "192.0.2.1, 192.0.2.2"),
        ("", "map(filter(range(1, 4), n => n % 2 == 0), n => '192.0.2.${n}')", "192.0.2.2, 192.0.2.4"),
        ("", "['192.0.2.${reduce([1, 2, 3], 0, (all, n) => all + n)}']", "192.0.2.6"),
        ("", "map(sort([2, 1], (a, b) => a < b), n => '192.0.2.${n}')", "192.0.2.1, 192.0.2.2"),
        ("var o = toObject(['a'], k => k, k => '192.0.2.1')", "[o.a]", "192.0.2.1"),
        ("func at(n int) string => '192.0.2.${n}'", "[at(7)]", "192.0.2.7"),
        ("func at(n int) string => '192.0.2.${n}'\nfunc twice(n int) string => at(n * 2)", "[twice(7)]", "192.0.2.14"),
        ("var t = '''\n192.0.2.1'''", "[t]", "192.0.2.1"),
        ("var n = 4\nvar t = $'''192.0.2.${n}'''", "[t]", "192.0.2.4"),
        (r"var t = 'a\'b\u{31}\\\${x}'", r"t == 'a\'b1\\$${'{'}x}' ? ['192.0.2.1'] : []", "192.0.2.1"),
        ("var Case = ['192.0.2.1']\nparam case string = 'x'", "Case", "192.0.2.1"),
        ("", "az.split('192.0.2.1,192.0.2.2', ',')", "192.0.2.1, 192.0.2.2"),
        ("", "any(['192.0.2.1'])", "192.0.2.1"),
        ("var copy = [{ input: '192.0.2.1' }]", "[copy[0].input]", "192.0.2.1"),
        ("var o = { copy: [{ input: '192.0.2.1' }] }", "[o.copy[0].input]", "192.0.2.1"),
        ("var x = 1 // a comment\n/* and\nanother */", "[/* here */'192.0.2.1' // there\n]", "192.0.2.1"),
        ("#disable-next-line no-unused-vars\nvar x = 1", "['192.0.2.1']", "192.0.2.1"),
        (
            "type t = {\n  @minLength(1)\n  a: string?\n  b: ('x' | 'y')[]\n}\nparam p t = { b: [] }",
            "['192.0.2.1']",
            "192.0.2.1",
        ),
        (
            "@description('''\nlong''')\n@allowed([\n  'a'\n  'b'\n])\nparam p string = 'a'",
            "['192.0.2.1']",
            "192.0.2.1",
        ),
        ("param p 'a' | 'b' = 'a'\nparam q resourceInput<'a@b'>.properties?", "['192.0.2.1']", "192.0.2.1"),
        ("param p\n  | 'a'\n  | 'b' = 'a'\nparam q resource 'a.b/c@1'", "['192.0.2.1']", "192.0.2.1"),
        ("metadata m = { a: 1 }\noutput o array = ['x']", "['192.0.2.1']", "192.0.2.1"),
        ("var a = true\n  ? ['192.0.2.1']\n  : ['192.0.2.2']", "a", "192.0.2.1"),
        ("var a = true\n  && false ? [] : ['192.0.2.2']", "a", "192.0.2.2"),
    ];
    let differs = |(before, value, wanted): &(&str, &str, &str)| {
        let found = addresses(before, value);
        (found != *wanted).then(|| format!("{before}\n{value}\n{found}, wanted {wanted}"))
    };
    let different: Vec<String> = cases.iter().filter_map(differs).collect();
    assert!(different.is_empty(), "{}", different.join("\n\n"));
}

#[test]
fn loops_make_rules_and_resources() {
    let each = rule("'r${i}'", "[address]");
    let text = group(&format!("[for (address, i) in ['192.0.2.1', '192.0.2.2']: {each}]"));
    assert_eq!(rules(&text).len(), 2);
    let nested = "var groups = [{ name: 'a', to: ['192.0.2.1'] }, { name: 'b', to: ['192.0.2.2'] }]
resource policy 'Microsoft.Network/firewallPolicies@2024-05-01' = {
  name: 'edge'
  location: 'westeurope'
}
resource group 'Microsoft.Network/firewallPolicies/ruleCollectionGroups@2024-05-01' = [for (g, i) in groups: if (g.name != 'b') {
  parent: policy
  name: 'group-${g.name}'
  properties: {
    priority: 300 + i
    ruleCollections: [for kind in ['Allow', 'Deny']: {
      ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
      name: '${kind}-${g.name}'
      priority: kind == 'Allow' ? 200 : 300
      action: { type: kind }
      rules: [for address in g.to: {
        ruleType: 'NetworkRule'
        name: '${kind}-${address}'
        ipProtocols: ['TCP']
        sourceAddresses: ['10.0.0.0/8']
        destinationAddresses: [address]
        destinationPorts: ['443']
      }]
    }]
  }
}]
";
    let rules = rules(nested);
    assert_eq!(rules.len(), 2, "{rules:?}");
    assert!(rules[0].contains("allow") && rules[1].contains("deny") && rules[1].contains("192.0.2.1"), "{rules:?}");
}

#[test]
fn nested_resources_are_children_under_the_conditions_around_them() {
    let text = |condition: &str| {
        format!(
            "resource policy 'Microsoft.Network/firewallPolicies@2024-05-01' = if ({condition}) {{
  name: 'edge'
  location: 'westeurope'
  resource group 'ruleCollectionGroups' = {{
    name: 'web'
    properties: {{
      priority: 300
      ruleCollections: [
        {{
          ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
          name: group2.name
          priority: 200
          action: {{ type: 'Allow' }}
          rules: [{}]
        }}
      ]
    }}
  }}
  resource group2 'ruleCollectionGroups@2023-04-01' existing = {{
    name: 'named'
  }}
}}
output id string = policy::group.id
",
            rule("'r'", "['192.0.2.1']")
        )
    };
    assert_eq!(rules(&text("true")).len(), 1);
    let other = format!("{}{}", text("false"), group(&format!("[{}]", rule("'other'", "['192.0.2.9']"))));
    let rules = rules(&other);
    assert!(rules.len() == 1 && rules[0].contains("192.0.2.9"), "{rules:?}");
}

#[test]
fn ip_groups_are_named_by_their_symbols() {
    let text = "resource servers 'Microsoft.Network/ipGroups@2024-05-01' = [for n in ['a', 'b']: {
  name: 'servers-${n}'
  location: 'westeurope'
  properties: { ipAddresses: ['192.0.2.0/24'] }
}]
resource outside 'Microsoft.Network/ipGroups@2024-05-01' existing = {
  name: 'outside'
  scope: resourceGroup('00000000-0000-0000-0000-000000000001', 'rg-shared')
}
";
    let own = rule("'r'", "[]").replace("destinationAddresses: []", "destinationIpGroups: [servers[1].id, outside.id]");
    let rules = rules(&format!("{text}{}", group(&format!("[{own}]"))));
    assert!(rules[0].contains("servers-b") && rules[0].contains("outside"), "{rules:?}");
}

#[test]
fn what_a_live_resource_has_is_not_known() {
    let text = "resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' existing = {\n  name: 'hub'\n}\n";
    let own = rule("'r'", "vnet.properties.addressSpace.addressPrefixes");
    let why = fault(&format!("{text}{}", group(&format!("[{own}]"))));
    assert!(why.starts_with("main.bicep:19:3: ") || why.contains("destinationAddresses"), "{why}");
    assert!(why.contains("reference") && why.contains("deployment"), "{why}");
}

#[test]
fn mistakes_are_found_at_their_place() {
    for (text, wanted) in [
        ("param a string =\n", "main.bicep:2:1: found the end of the file, expected a value"),
        ("var a = 'b\n", "main.bicep:1:9: this text has no closing quote"),
        ("var a = '''b\n", "main.bicep:1:9: this text has no closing quotes"),
        ("var a = [1 2]\n", "main.bicep:1:12: found `2`, expected `,`, the end of the line or `]`"),
        ("var a = { b 1 }\n", "main.bicep:1:13: found `1`, expected `:`"),
        ("resource a = {\n}\n", "main.bicep:1:12: found `=`, expected the type of the resource"),
        ("policy edge {}\n", "main.bicep:1:1: found `policy`, expected a declaration"),
        ("var a = 1 var b = 2\n", "main.bicep:1:11: found `var`, expected the end of the line"),
        ("var a = b\n", "main.bicep:1:9: `b` is not declared"),
        ("var a = 1\nvar a = 2\n", "main.bicep:2:5: `a` is declared twice"),
        ("var ab = 1\nvar aB = 2\n", "main.bicep:2:5: `ab` and `aB` differ in case only"),
        ("var a = { b: 1, B: 2 }\n", "main.bicep:1:17: property `B` is stated twice"),
        ("var a = '\\q'\n", "main.bicep:1:10: unknown escape"),
        ("var a = 99999999999999999999\n", "main.bicep:1:9: the number is too big"),
        ("var a = x => x\n", "main.bicep:1:9: a lambda is valid as an argument only"),
        ("var a = [for x in []: if (true) { }]\n", "main.bicep:1:9: a condition in a loop"),
        ("resource a 'Microsoft.Network/ipGroups@2024-05-01' = {\n}\n", "main.bicep:1:10: resource `a` has no `name`"),
        (
            "resource a 'Microsoft.Network/x/y@2024-05-01' = {\n  parent: b\n  name: 'c'\n}\n",
            "main.bicep:2:11: expected the name of a resource of this file",
        ),
        (
            "resource a 'Microsoft.Network/ipGroups@2024-05-01' = {\n  name: a.name\n}\n",
            "main.bicep:1:10: its name needs too many other names, or itself",
        ),
        ("import { a } from 'a${1}'\n", "main.bicep:1:19: expected a text in single quotes without values in it"),
    ] {
        let why = fault(text);
        assert!(why.starts_with(wanted), "{why}\n{text}");
    }
}
