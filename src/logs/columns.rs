//! The names and values of a record.

use std::borrow::Cow;

use crate::net::same_word;

/// A column that is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Column {
    Action,
    ActionReason,
    Category,
    DestinationIp,
    DestinationPort,
    Flag,
    Fqdn,
    Message,
    Policy,
    Protocol,
    QueryName,
    ResourceId,
    Rule,
    RuleCollection,
    RuleCollectionGroup,
    ServerIp,
    SignatureId,
    SourceIp,
    TableName,
    TargetUrl,
    ThreatDescription,
    Time,
    TranslatedIp,
    Type,
}

/// How many there are.
const COLUMNS: usize = Column::Type as usize + 1;

/// What Log Analytics appends to the names of columns of `AzureDiagnostics`, by the type of the column.
const TYPES: [&str; 4] = ["_s", "_d", "_b", "_g"];

impl Column {
    /// The column of a name, with or without the type that Log Analytics appends, in any case.
    pub(super) fn of(name: &str) -> Option<Self> {
        Self::plain(name).or_else(|| {
            let (plain, end) = name.split_at_checked(name.len().checked_sub(2)?)?;
            TYPES.iter().any(|one| same_word(one, end)).then(|| Self::plain(plain))?
        })
    }

    /// The columns that have names as long as this are few, so that each name of a record is compared with few.
    fn plain(name: &str) -> Option<Self> {
        let few: &[(&str, Self)] = match name.len() {
            3 => &[("msg", Self::Message)],
            4 => &[
                ("time", Self::Time),
                ("Rule", Self::Rule),
                ("Fqdn", Self::Fqdn),
                ("Type", Self::Type),
                ("Flag", Self::Flag),
            ],
            6 => &[("Action", Self::Action), ("Policy", Self::Policy)],
            8 => &[
                ("category", Self::Category),
                ("Protocol", Self::Protocol),
                ("SourceIp", Self::SourceIp),
                ("ServerIp", Self::ServerIp),
            ],
            9 => &[("TargetUrl", Self::TargetUrl), ("TableName", Self::TableName), ("QueryName", Self::QueryName)],
            10 => &[("resourceId", Self::ResourceId)],
            11 => &[("SignatureId", Self::SignatureId), ("_ResourceId", Self::ResourceId)],
            12 => &[("ActionReason", Self::ActionReason), ("TranslatedIp", Self::TranslatedIp)],
            13 => &[("DestinationIp", Self::DestinationIp), ("TimeGenerated", Self::Time)],
            14 => &[("RuleCollection", Self::RuleCollection)],
            15 => &[("DestinationPort", Self::DestinationPort)],
            17 => &[("ThreatDescription", Self::ThreatDescription)],
            19 => &[("RuleCollectionGroup", Self::RuleCollectionGroup), ("TimeGenerated [UTC]", Self::Time)],
            _ => &[],
        };
        few.iter().find(|(known, _)| same_word(known, name)).map(|(_, column)| *column)
    }
}

/// The values of the columns that are read, where they are not empty. Values without escapes are those of the line itself.
#[derive(Default, Debug)]
pub(super) struct LogColumns<'l> {
    values: [Option<Cow<'l, str>>; COLUMNS],
}

impl<'l> LogColumns<'l> {
    /// Adds a value, without the blanks around it, unless it is empty. Of several of one column, the last counts.
    pub(super) fn push(&mut self, name: &str, value: Cow<'l, str>) {
        let Some(column) = Column::of(name) else { return };
        let value = trimmed(value);
        if let Some(slot) = self.values.get_mut(column as usize).filter(|_| !value.is_empty()) {
            *slot = Some(value);
        }
    }

    /// The value of a column.
    pub(super) fn get(&self, column: Column) -> Option<&str> {
        self.values.get(column as usize)?.as_deref()
    }
}

impl<'l> FromIterator<(&'l str, Cow<'l, str>)> for LogColumns<'l> {
    fn from_iter<T: IntoIterator<Item = (&'l str, Cow<'l, str>)>>(values: T) -> Self {
        let mut columns = Self::default();
        values.into_iter().for_each(|(name, value)| columns.push(name, value));
        columns
    }
}

fn trimmed(value: Cow<'_, str>) -> Cow<'_, str> {
    match value {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}
