//! A finding before its place is known: the field of the resource or rule that it is about.

use crate::diag::{Code, Diagnostic, Diagnostics, Fix, Label, Severity};
use crate::model::{Site, SiteField, SiteSubject};
use crate::source::{Origin, Place, SourceSpan};

/// A finding, and its subject.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    /// What is found, without a place.
    diagnostic: Diagnostic,
    /// Its subject; absent where there is none in particular.
    site: Option<Site>,
    /// The label at the place itself.
    label: String,
    /// What else leads to it.
    related: Vec<(Site, String)>,
    /// What a source has to add.
    remedy: Option<Remedy>,
}

/// What a source lacks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Remedy {
    /// The DNS proxy, in the policy of this name.
    DnsProxy(String),
}

impl Finding {
    pub(super) fn new(code: &'static Code, site: Site, message: impl Into<String>) -> Self {
        Self::at(code, Some(site), message)
    }

    /// A finding that may have no particular subject.
    pub(super) fn at(code: &'static Code, site: Option<Site>, message: impl Into<String>) -> Self {
        let diagnostic = Diagnostic::nowhere(code, message);
        Self { diagnostic, site, label: String::new(), related: Vec::new(), remedy: None }
    }

    pub(super) fn is_error(&self) -> bool {
        self.diagnostic.severity == Severity::Error
    }

    pub(super) fn code(&self) -> &'static Code {
        self.diagnostic.code
    }

    pub(super) fn severity(self, severity: Severity) -> Self {
        Self { diagnostic: self.diagnostic.severity(severity), ..self }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { diagnostic: self.diagnostic.help(help), ..self }
    }

    pub(super) fn remedy(self, remedy: Remedy) -> Self {
        Self { remedy: Some(remedy), ..self }
    }

    pub(super) fn path(self, hops: Vec<String>) -> Self {
        Self { diagnostic: self.diagnostic.path(hops), ..self }
    }

    pub(super) fn label(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    pub(super) fn related(mut self, site: Site, message: impl Into<String>) -> Self {
        self.related.push((site, message.into()));
        self
    }

    /// As a note: the fix is not in this input.
    pub(super) fn into_note(self) -> Self {
        self.severity(Severity::Note)
    }

    fn placed(
        self,
        place: &mut dyn FnMut(&Site) -> Option<Place>,
        cure: &dyn Fn(&Remedy) -> Option<Fix>,
    ) -> Diagnostic {
        let Self { diagnostic, site, label, related, remedy } = self;
        let at = site.as_ref().and_then(&mut *place);
        let mut found = Diagnostic { at: at.map(|at| Label { at, message: label }), ..diagnostic };
        if let Some(origin) = site.as_ref().filter(|site| is_part(&site.field)).and_then(|site| site.origin.as_ref()) {
            let what = site.as_ref().map_or("here", |site| called(&site.of));
            found = in_origin(found, at, origin, what);
        }
        found.fixes.extend(remedy.as_ref().and_then(cure));
        if at.and_then(Place::span).is_none() {
            found.rule = site.as_ref().and_then(Site::rule).cloned();
        }
        related.iter().fold(found, |found, (site, message)| match place(site) {
            Some(at) => found.related(at, message.as_str()),
            None => found,
        })
    }
}

/// Whether the field has the annotations of what it is a field of.
fn is_part(field: &SiteField) -> bool {
    match field {
        SiteField::Setting(_) | SiteField::Base => false,
        SiteField::Whole
        | SiteField::Name
        | SiteField::Services
        | SiteField::Ports
        | SiteField::Host(..)
        | SiteField::FqdnTag(..)
        | SiteField::Category(..)
        | SiteField::Url(..)
        | SiteField::Destination(..)
        | SiteField::Pods(..)
        | SiteField::TerminateTls
        | SiteField::Header(_) => true,
    }
}

/// How a message calls what the text at fault is part of.
fn called(of: &SiteSubject) -> &'static str {
    match of {
        SiteSubject::Rule(..) => "in this rule",
        SiteSubject::Policy(_) => "in this policy",
        SiteSubject::Group { .. } => "in this group",
        SiteSubject::Collection { .. } => "in this collection",
        SiteSubject::IpGroup(_) => "in this IP group",
        SiteSubject::RouteTable(_) => "in this route table",
        SiteSubject::Route => "in this route",
        SiteSubject::Firewall(_) => "in this firewall",
        SiteSubject::Endpoint(_) => "in this private endpoint",
    }
}

/// The rule, where the text at fault is apart from it, and the `apply`s that lead there.
fn in_origin(found: Diagnostic, at: Option<Place>, origin: &Origin, what: &str) -> Diagnostic {
    let found = found.about(origin);
    let Some(at) = at.and_then(Place::span) else { return found };
    let holds = |rule: SourceSpan| rule.file == at.file && rule.start <= at.start && at.end <= rule.end;
    let found = match origin.span() {
        Some(rule) if !holds(rule) => found.related(rule, what),
        Some(_) | None => found,
    };
    found.applied(origin.via.iter())
}

/// What a check found.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Adds a finding, unless the very same one is there.
    pub(super) fn push(&mut self, finding: Finding) {
        if self.0.last() != Some(&finding) {
            self.0.push(finding);
        }
    }

    /// Every finding as a note: the fixes are not in this input.
    pub(super) fn into_notes(self) -> Self {
        Self(self.0.into_iter().map(Finding::into_note).collect())
    }

    /// The findings, each at the place that `place` gives.
    pub fn placed(self, place: impl FnMut(&Site) -> Option<Place>) -> Diagnostics {
        self.cured(place, |_| None)
    }

    /// The findings, each at the place that `place` gives, with the edits that `cure` makes of a remedy.
    pub fn cured(
        self,
        mut place: impl FnMut(&Site) -> Option<Place>,
        cure: impl Fn(&Remedy) -> Option<Fix>,
    ) -> Diagnostics {
        self.0.into_iter().map(|finding| finding.placed(&mut place, &cure)).collect()
    }
}

impl Extend<Finding> for Findings {
    fn extend<I: IntoIterator<Item = Finding>>(&mut self, items: I) {
        items.into_iter().for_each(|item| self.push(item));
    }
}

impl IntoIterator for Findings {
    type Item = Finding;
    type IntoIter = std::vec::IntoIter<Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
