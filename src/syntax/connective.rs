//! The words of the language that begin no item and name no value: the one list of them.

/// What a word does in an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConnectiveRole {
    /// It joins the parts of an item, and may follow a term.
    Clause,
    /// It states something of a rule, alone, and may follow a term. A rule has each once, in the order of the list.
    Flag,
    /// It begins a part of a setting that may be left out, and may follow a term.
    Option,
    /// It begins a name from elsewhere, and is where a name may.
    Origin,
    /// It states which of several things another word of this list begins.
    Sort,
}

macro_rules! connectives {
    ($($(#[$doc:meta])* $name:ident $word:literal $role:ident;)*) => {
        /// A word that joins the parts of an item.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Connective { $($(#[$doc])* $name),* }

        impl Connective {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// How it is written.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            /// What it does.
            pub const fn role(self) -> ConnectiveRole {
                match self { $(Self::$name => ConnectiveRole::$role),* }
            }
        }
    };
}

connectives! {
    /// Before the sources of a rule.
    From "from" Clause;
    /// Before its destinations.
    To "to" Clause;
    /// Before what is left out of a set.
    Except "except" Clause;
    /// TLS is inspected.
    Inspect "inspect" Flag;
    /// The rule becomes one Azure rule.
    AsIs "as-is" Clause;
    /// Before a header or a property of Azure's.
    With "with" Clause;
    /// Before what an expectation leaves out.
    Outside "outside" Clause;
    /// Before the policy of a test, or the addresses of return routes.
    For "for" Clause;
    /// Before a next hop.
    Via "via" Clause;
    /// Before a priority.
    Priority "priority" Clause;
    /// Before the base of a policy.
    Inherits "inherits" Clause;
    /// Before the export that has the base.
    External "external" Origin;
    /// Before the port of a PAC file.
    Port "port" Option;
    /// Before the URL of a PAC file.
    File "file" Option;
    /// Before the region of a workspace.
    Region "region" Option;
    /// Before the name of a route, or of a selection of pods.
    Named "named" Option;
    /// Before the service endpoints of a subnet.
    ServiceEndpoints "service-endpoints" Sort;
    /// Before the labels of namespaces.
    In "in" Sort;
    /// After `with`: a header.
    Header "header" Sort;
    /// After `with`: a property of Azure's.
    Azure "azure" Sort;
}

impl Connective {
    /// The connective that is written so.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.word() == word)
    }

    /// Those that are alone in a rule.
    pub fn flags() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|word| word.role() == ConnectiveRole::Flag)
    }

    /// Whether it joins or ends the clauses of an item.
    pub fn is_of_clauses(self) -> bool {
        matches!(self.role(), ConnectiveRole::Clause | ConnectiveRole::Flag)
    }

    /// Whether it may follow a term, so that the term is not the first word of an item.
    pub fn follows_terms(self) -> bool {
        self.is_of_clauses() || self.role() == ConnectiveRole::Option
    }
}
