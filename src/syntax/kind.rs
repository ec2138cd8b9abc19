//! The kinds of tokens and nodes.

/// What a token of the tree is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum TokenKind {
    /// Blanks and line ends.
    Whitespace,
    /// `# to the end of the line`.
    Comment,
    /// `## to the end of the line`: a description of the next item.
    Doc,
    /// The longest run of letters, digits and `. - _ *`, not ending in `-`; with `{param}`s that touch it.
    Word,
    /// `"text"`.
    String,
    /// `:`.
    Colon,
    /// `::`.
    ColonColon,
    /// `->`.
    Arrow,
    /// `,`.
    Comma,
    /// `=`.
    Equals,
    /// `/`.
    Slash,
    /// `@`.
    At,
    /// `{`.
    LeftBrace,
    /// `}`.
    RightBrace,
    /// `(`.
    LeftParen,
    /// `)`.
    RightParen,
    /// `[`, of JSON only.
    LeftBracket,
    /// `]`, of JSON only.
    RightBracket,
    /// A character that no construct uses.
    Unknown,
    /// After the last token; never in a tree.
    End,
}

impl TokenKind {
    /// Whether the token is between others without a meaning.
    pub fn is_trivia(self) -> bool {
        matches!(self, Self::Whitespace | Self::Comment)
    }
}

/// The one list of the kinds of nodes, handed to the macro `$to`: [`NodeKind`] is made from it here, and in `node` the type of
/// each kind.
macro_rules! each_node {
    ($to:ident) => {
        $to! {
            /// A whole file.
            File,
            /// `use aks, docker`.
            Use,
            /// `import "network.pol"`.
            Import,
            /// `let nodes = 10.240.0.0/16`.
            Let,
            /// `ip-group partners = 203.0.113.0/24`.
            IpGroup,
            /// `param environment: text = "test"`.
            Param,
            /// `bundle required(nodes: addresses) { … }`.
            Bundle,
            /// `policy aks-weu inherits corp-base { … }`.
            Policy,
            /// `group platform priority 300 { … }`.
            Group,
            /// `collection legacy priority 200 allow { … }`.
            Collection,
            /// `stripe: allow https from nodes to payments`.
            Rule,
            /// `shop: dnat tcp/443 from any to hub::web -> 10.240.4.10:8443`.
            Dnat,
            /// `apply aks::required(nodes: nodes)`.
            Apply,
            /// `when windows { … }`.
            When,
            /// `sku premium`, in any block that has settings.
            Setting,
            /// `firewall hub { … }`.
            Firewall,
            /// `routes aks-nodes { … }`.
            Routes,
            /// `private-endpoint vault { … }`.
            PrivateEndpoint,
            /// `expect deny any from nodes to internet`.
            Expect,
            /// `test "…" for aks-weu { … }`.
            Test,
            /// Text that could not be read; it holds everything up to where reading went on.
            Error,
            /// `{ … }` with items.
            Block,
            /// The name that an item defines.
            Name,
            /// `label:` before a rule.
            Label,
            /// `@owner("payments")`.
            Annotation,
            /// `inherits corp-base`.
            Inherits,
            /// `priority 300`.
            Priority,
            /// `(nodes: addresses, region: text = "westeurope")`.
            Parameters,
            /// `nodes: addresses`.
            Parameter,
            /// `(nodes: nodes, region: "westeurope")`.
            Arguments,
            /// `nodes: nodes`.
            Argument,
            /// The services of a rule.
            Services,
            /// `from …`.
            From,
            /// `to …`.
            To,
            /// `-> 10.240.4.10:8443`.
            Target,
            /// `outside tag(Storage)`.
            Outside,
            /// A word of a rule that is alone, such as `inspect`.
            Flag,
            /// `with header "N" "V"`.
            Header,
            /// `with azure "path" JSON`.
            Carried,
            /// `as-is`.
            AsIs,
            /// `for aks-weu`.
            For,
            /// Any JSON.
            Json,
            /// Terms joined by commas.
            List,
            /// One entry of a list, with its `except`.
            Term,
            /// `except (10.10.3.0/24, 10.10.4.0/24)`.
            Except,
            /// A word: an address, a host, a name, a number, a date.
            Atom,
            /// `aks::required`, `hub::web`.
            Path,
            /// `tag(AzureCloud.westeurope)`.
            Call,
            /// `"text"` as an entry.
            Text,
            /// `tcp/443`, `{tcp,udp}/53`.
            Service,
            /// `{80,443}`.
            Braces,
        }
    };
}
pub(super) use each_node;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident,)*) => {
        /// What a node of the tree is.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum NodeKind { $($(#[$doc])* $kind),* }
    };
}
each_node!(kinds);

macro_rules! item_kinds {
    ($($kind:ident),* $(,)?) => {
        /// An item that has a production and begins with a keyword of its own.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum ItemKind { $(#[doc = concat!("[`NodeKind::", stringify!($kind), "`].")] $kind),* }

        impl ItemKind {
            /// The kind of its node.
            pub const fn node(self) -> NodeKind {
                match self { $(Self::$kind => NodeKind::$kind),* }
            }
        }
    };
}
item_kinds! {
    Use, Import, Let, IpGroup, Param, Bundle, Policy, Group, Collection, Rule, Dnat, Apply, When, Firewall, Routes,
    PrivateEndpoint, Expect, Test,
}
