//! What is meant by a word that nothing defines, or by a set of another kind than is wanted, and how that is written.

use std::borrow::Cow;

use crate::diag::{Applicability, Code, Diagnostic, Edit, Fix, or_phrases};
use crate::model::{self, FQDN_TAGS, WEB_CATEGORIES, near_service_tag, service_tag};
use crate::net::{AddressSpan, HostPattern, PortSpan, Suspicion, same_word, suspicion};
use crate::source::{SourceSpan, quote};
use crate::syntax::{ForeignReference, foreign_reference, unquoted};

use super::eval::{EvalEnv, Evaluator};
use super::expects::{Expects, ForServices};
use super::scope::DefinedThing;
use super::set::{IntentSet, SetKind};
use super::table;

/// Words for everything, which the language has other words for.
const EVERYTHING: [&str; 13] = [
    "all",
    "any",
    "anybody",
    "anyone",
    "anything",
    "anywhere",
    "everybody",
    "everyone",
    "everything",
    "everywhere",
    "internet",
    "public",
    "world",
];
/// Words for `on`.
const ON: [&str; 6] = ["true", "yes", "enable", "enabled", "on", "1"];
/// Words for `off`.
const OFF: [&str; 6] = ["false", "no", "disable", "disabled", "off", "0"];

/// A service that other languages have another word for.
fn service_of_others(word: &str) -> Option<&'static str> {
    match word.to_lowercase().as_str() {
        "ping" | "icmpv4" | "echo" => Some("icmp"),
        "ip" | "ipv4" => Some("any"),
        "tls" | "ssl" | "web" => Some("https"),
        "mstsc" => Some("rdp"),
        "sql" | "tds" => Some("mssql"),
        _ => None,
    }
}

/// `on` or `off`, as other languages write them.
pub(super) fn switch(word: &str) -> Option<&'static str> {
    let is_of = |words: &[&str]| words.iter().any(|known| same_word(known, word));
    if is_of(&ON) {
        return Some("on");
    }
    is_of(&OFF).then_some("off")
}

impl<'s> Evaluator<'s> {
    /// Notes a host that is written otherwise in the artefacts, and warns where its letters imitate others.
    pub(super) fn note_ascii_form(&mut self, word: &str, pattern: &HostPattern, at: SourceSpan, env: &EvalEnv) {
        if word.is_ascii() {
            return;
        }
        let letter = |c: char| format!("`{c}` (U+{:04X})", u32::from(c));
        let message = match suspicion(word) {
            None => {
                let message = format!("`{word}` is written `{pattern}` in the artefacts");
                return self.report(env, Code::FW0212, at, message);
            }
            Some(Suspicion::Mixed(c)) => {
                format!("`{word}` mixes letters of two scripts: {} is of another script", letter(c))
            }
            Some(Suspicion::LooksLatin(c)) => {
                format!("`{word}` looks like a name in Latin letters, and has {}", letter(c))
            }
        };
        let found = Diagnostic::new(Code::FW0215, at, message);
        self.push(env, found.help(format!("it is `{pattern}` in the artefacts: if that is meant, write it so")));
    }

    /// The name in `var.nodes` or `local.nodes`, where no host is meant.
    pub(super) fn foreign_reference<'w>(&self, word: &'w str, env: &EvalEnv) -> Option<&'w str> {
        let ForeignReference { name, is_certain } = foreign_reference(word)?;
        let is_defined =
            env.params.contains_key(name) || self.scopes.get(&env.file).is_some_and(|scope| scope.get(name).is_some());
        (is_certain || is_defined || name.contains('_')).then_some(name)
    }

    /// Reports a reference as other languages write it.
    pub(super) fn refer(&mut self, word: &str, name: &str, at: SourceSpan, env: &EvalEnv) -> IntentSet {
        let scope = self.scopes.get(&env.file);
        let is_defined =
            |name: &str| env.params.contains_key(name) || scope.is_some_and(|scope| scope.get(name).is_some());
        let dashed = name.replace('_', "-");
        let defined = [name, &dashed].into_iter().find(|name| is_defined(name));
        let found = Diagnostic::new(Code::FW0201, at, format!("`{word}` refers to a value of another language"));
        let found = match defined {
            Some(name) => found.asked(name, format!("write `{name}`: a name is written as it is defined")),
            None => found.help(format!(
                "define it with `let {dashed} = …` and write `{dashed}`; a host of that name is `host(\"{word}\")`"
            )),
        };
        self.push(env, found);
        IntentSet::broken()
    }

    /// Reads terms where the place wants `wanted`.
    pub(super) fn wanting<T>(&mut self, wanted: Expects, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.wanted, wanted);
        let result = read(self);
        self.wanted = outer;
        result
    }

    pub(super) fn unknown_name(&mut self, name: &str, at: SourceSpan, env: &EvalEnv) -> IntentSet {
        let undefined = || Diagnostic::new(Code::FW0201, at, format!("`{name}` is not defined"));
        let found = match self.wanted {
            Expects::Kind(SetKind::Flag) if switch(name).is_some() => not_switch(name, at),
            _ if EVERYTHING.iter().any(|known| same_word(known, name)) => everything(undefined(), name, self.wanted),
            _ => match self.listed(name, MeantPlace::Exactly) {
                Some(calls) => in_brackets(undefined(), &calls, at),
                None => self.near_or_define(undefined(), name, at, env),
            },
        };
        self.push(env, found);
        IntentSet::broken()
    }

    fn near_or_define(&mut self, found: Diagnostic, name: &str, at: SourceSpan, env: &EvalEnv) -> Diagnostic {
        if let Some(near) = self.near(name, env) {
            return found.meant(&near);
        }
        if let Some(calls) = self.listed(name, MeantPlace::Nearly) {
            let found =
                if is_azures(name) { found } else { found.help(format!("define it with `let {name} = …`, or")) };
            return in_brackets(found, &calls, at);
        }
        let is_region = self.wanted == Expects::Anything && model::region(name) == model::Region::Known;
        match self.wanted {
            _ if is_region => {
                let quoted = quote(name);
                found.asked(&quoted, format!("write `{quoted}`, in quotes, if it is the region"))
            }
            Expects::Kind(SetKind::Text) => {
                let quoted = quote(name);
                let message = format!("expected a text, found the bare word `{name}`");
                let help = format!("write `{quoted}`, in quotes");
                Diagnostic::new(Code::FW0202, at, message).replaced(Applicability::Safe, at, &quoted, help)
            }
            Expects::Kind(kind @ (SetKind::Flag | SetKind::Number)) => {
                found.help(format!("expected {}", kind.phrase()))
            }
            Expects::Kind(SetKind::Services) if service_of_others(name).is_some() => {
                let service = service_of_others(name).unwrap_or("any");
                found.asked(service, format!("write `{service}`"))
            }
            Expects::Kind(SetKind::Services) => {
                found.help(format!("define it with `let {name} = …`, as in `let {name} = tcp/8443`"))
            }
            wanted if wanted.has_hosts() => found.help(format!(
                "define it with `let {name} = …`, or write `host(\"{name}\")` if it is a host name of one label"
            )),
            _ => found.help(format!("define it with `let {name} = …`, as in `let {name} = 10.1.0.0/16`")),
        }
    }

    /// What a name that is not defined may be meant for, of what the place wants.
    fn near(&mut self, name: &str, env: &EvalEnv) -> Option<String> {
        let wanted = self.wanted;
        let is_set = |what: &DefinedThing<'_>| match what {
            DefinedThing::Let(_) | DefinedThing::Param(_) => true,
            DefinedThing::IpGroup(_) => wanted.has_addresses(),
            DefinedThing::Bundle(_)
            | DefinedThing::Policy
            | DefinedThing::Firewall(_)
            | DefinedThing::Module(_)
            | DefinedThing::Unreadable => wanted.has_sets(),
        };
        let scope = self.scopes.get(&env.file).into_iter().flatten();
        let defined: Vec<Cow<'s, str>> =
            scope.filter(|(_, binding)| is_set(&binding.what)).map(|(name, _)| name.clone()).collect();
        let params = env.params.keys().map(String::as_str);
        let services = table::predefined_services().map(|(name, _)| name);
        let words = services.chain(table::RESERVED).filter(|word| wanted.has_sets() || matches!(*word, "on" | "off"));
        let words =
            words.filter(|_| wanted != Expects::Kind(SetKind::Text) && wanted != Expects::Kind(SetKind::Number));
        let words = defined.iter().map(AsRef::as_ref).chain(params).chain(words);
        self.nearest(name, words).map(str::to_owned)
    }

    /// The names of Azure's closed lists that the word is, as the language writes them, the likeliest first.
    fn listed(&self, name: &str, how: MeantPlace) -> Option<Vec<String>> {
        let wanted = self.wanted;
        let word = |list: &model::WordList| match how {
            MeantPlace::Exactly => list.canonical(name).filter(|known| *known == name),
            MeantPlace::Nearly => {
                list.canonical(name).or_else(|| crate::diag::nearest(name, list.words()).filter(|_| is_azures(name)))
            }
        };
        let tag = match (service_tag(name), how) {
            (Some(tag), MeantPlace::Nearly) => Some(tag),
            (Some(tag), MeantPlace::Exactly) => Some(tag).filter(|tag| tag == name),
            (None, MeantPlace::Nearly) => near_service_tag(name).filter(|_| is_azures(name)),
            (None, MeantPlace::Exactly) => None,
        };
        let tag = tag.filter(|_| wanted.has_addresses()).map(|tag| format!("tag({tag})"));
        let fqdn = word(&FQDN_TAGS).filter(|_| wanted.has_hosts()).map(|tag| format!("fqdn-tag({tag})"));
        let category = word(&WEB_CATEGORIES).filter(|_| wanted.has_hosts()).map(|word| format!("category({word})"));
        let calls: Vec<String> = match wanted {
            Expects::Destinations(ForServices::Application) | Expects::Kind(SetKind::Hosts) => {
                [fqdn, category, tag].into_iter().flatten().collect()
            }
            _ => [tag, fqdn, category].into_iter().flatten().collect(),
        };
        (!calls.is_empty()).then_some(calls)
    }

    /// A word with dots that is a service tag with its region, and no host: no such region is a domain.
    pub(super) fn dotted_tag(&mut self, word: &str, at: SourceSpan, env: &EvalEnv) -> Option<IntentSet> {
        let tag = service_tag(word).filter(|_| self.wanted.has_addresses())?;
        let found = Diagnostic::new(Code::FW0202, at, format!("`{word}` is a service tag, not a host name"));
        self.push(env, in_brackets(found, &[format!("tag({tag})")], at));
        Some(IntentSet::broken())
    }

    /// Advice for a set of another kind than is wanted: quotes that are too many, or too few.
    pub(super) fn advised(&self, found: Diagnostic, set: &IntentSet, wanted: Expects, env: &EvalEnv) -> Diagnostic {
        let scalars = set.scalars.iter().map(|entry| entry.at);
        let spans: Vec<SourceSpan> = if wanted == Expects::Kind(SetKind::Text) {
            let hosts = set.hosts.iter().map(|entry| entry.at);
            hosts.chain(set.addresses.iter().map(|entry| entry.at)).chain(scalars).collect()
        } else {
            // A lone `*` is every host name here, and every address or service elsewhere.
            let stars = set.hosts.iter().map(|entry| entry.at).filter(|&at| self.sources.files().text(at) == "*");
            scalars.chain(stars).collect()
        };
        let respelt: Option<Vec<(Edit, Applicability)>> = spans
            .into_iter()
            .map(|at| self.respelt(at, wanted, env).map(|(text, sure)| (Edit::new(at, text), sure)))
            .collect();
        let (edits, sure): (Vec<Edit>, Vec<Applicability>) = respelt.into_iter().flatten().unzip();
        let Some(applicability) = sure.into_iter().max() else { return found };
        let first = edits.first().map_or("", |edit| edit.text.as_str());
        let how = match wanted {
            Expects::Kind(SetKind::Text) => ", in quotes",
            Expects::Kind(SetKind::Flag) => "",
            Expects::Kind(SetKind::Addresses | SetKind::Hosts | SetKind::Services | SetKind::Number)
            | Expects::Anything
            | Expects::Sources
            | Expects::Destinations(_) => {
                if first.contains('"')
                    || first == "any"
                    || first.contains('/') && wanted == Expects::Kind(SetKind::Services)
                {
                    ""
                } else {
                    ", without quotes"
                }
            }
        };
        let help = format!("write `{first}`{how}");
        found.help(help.as_str()).fix(Fix { message: help, applicability, edits })
    }

    /// The literal at `at` as it is written where `wanted` is wanted, and how sure that is: a word for everything is not
    /// known to be meant by another one.
    fn respelt(&self, at: SourceSpan, wanted: Expects, env: &EvalEnv) -> Option<(String, Applicability)> {
        let token = self.sources.files().text(at);
        let text = unquoted(token);
        let is_everything = EVERYTHING.contains(&text) && !wanted.has_word(text);
        if token == "*" {
            return wanted.everything().map(|word| (word.to_owned(), Applicability::Maybe));
        }
        if token != text && is_everything && !wanted.is_scalar() {
            return wanted.everything().map(|word| (word.to_owned(), Applicability::Maybe));
        }
        // Which protocol a bare port is of is not known.
        let is_port = wanted == Expects::Kind(SetKind::Services) && token.parse::<PortSpan>().is_ok();
        let applicability = if is_port { Applicability::Maybe } else { Applicability::Safe };
        self.without_quotes(at, wanted, env).map(|text| (text, applicability))
    }

    fn without_quotes(&self, at: SourceSpan, wanted: Expects, env: &EvalEnv) -> Option<String> {
        let token = self.sources.files().text(at);
        let text = unquoted(token);
        let is_quoted = token != text;
        let is_plain = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || ".-_*/{}".contains(c));
        match wanted {
            Expects::Kind(SetKind::Text) => (!is_quoted && is_plain).then(|| quote(token)),
            Expects::Kind(SetKind::Flag) => switch(text).map(str::to_owned),
            Expects::Kind(SetKind::Number) => {
                (is_quoted && text.bytes().all(|byte| byte.is_ascii_digit()) && is_plain).then(|| text.to_owned())
            }
            Expects::Kind(SetKind::Services) if !is_quoted && text.parse::<PortSpan>().is_ok() => {
                Some(format!("tcp/{text}"))
            }
            Expects::Kind(SetKind::Services) => {
                let is_sensible = wanted.has_word(text) || self.is_service(text);
                (is_quoted && is_plain && is_sensible).then(|| text.to_owned())
            }
            Expects::Kind(SetKind::Addresses | SetKind::Hosts)
            | Expects::Anything
            | Expects::Sources
            | Expects::Destinations(_) => self.as_end(text, wanted, env).filter(|_| is_quoted && is_plain),
        }
    }

    /// The text as an address, a host or a name, as it is written without quotes.
    fn as_end(&self, text: &str, wanted: Expects, env: &EvalEnv) -> Option<String> {
        let is_address = || text.parse::<AddressSpan>().is_ok() && wanted.has_addresses();
        if wanted.has_word(text) || is_address() || self.is_defined(text, env) {
            return Some(text.to_owned());
        }
        let is_host = wanted.has_hosts() && !text.contains('/');
        let written = || if text.contains(['.', '*']) { text.to_owned() } else { format!("host({})", quote(text)) };
        is_host.then(written)
    }

    fn is_service(&self, text: &str) -> bool {
        let word = text.split_once('/').map_or(text, |(word, _)| word);
        table::is_reserved(word)
    }

    fn is_defined(&self, text: &str, env: &EvalEnv) -> bool {
        env.params.contains_key(text) || self.scopes.get(&env.file).is_some_and(|scope| scope.contains_key(text))
    }
}

/// How alike a word and one of a closed list are.
#[derive(Clone, Copy)]
enum MeantPlace {
    Exactly,
    Nearly,
}

/// Whether a word is spelt as names of Azure's are, and long enough to be taken for a misspelt one.
fn is_azures(name: &str) -> bool {
    name.len() >= 6 && name.contains(char::is_uppercase)
}

fn not_switch(name: &str, at: SourceSpan) -> Diagnostic {
    let on_or_off = switch(name).unwrap_or("on");
    let found = Diagnostic::new(Code::FW0202, at, format!("expected `on` or `off`, found `{name}`"));
    found.replaced(Applicability::Safe, at, on_or_off, format!("write `{on_or_off}`"))
}

fn everything(found: Diagnostic, name: &str, wanted: Expects) -> Diagnostic {
    let is_internet = !matches!(wanted.everything(), Some("any-host"))
        && matches!(name.to_lowercase().as_str(), "internet" | "public" | "world");
    match wanted.everything() {
        _ if is_internet && wanted.has_addresses() => {
            found.asked("internet", "write `internet`, for every public address".to_owned())
        }
        Some("any-host") => found.asked("any-host", "write `any-host`, for every host name".to_owned()),
        Some(word) => found.asked(word, format!("write `{word}`")),
        None => found.help("`any` is every address or every service, `any-host` every host name"),
    }
}

fn in_brackets(found: Diagnostic, calls: &[String], at: SourceSpan) -> Diagnostic {
    let shown: Vec<String> = calls.iter().map(|call| format!("`{call}`")).collect();
    let help = format!("write {}", or_phrases(shown.iter().map(String::as_str)));
    let fix = |call: &String| Fix::new(format!("write `{call}`"), Applicability::Maybe, Edit::new(at, call.as_str()));
    calls.iter().map(fix).fold(found.help(help), Diagnostic::fix)
}

/// The value of a parameter that shows what a value of its kind looks like.
pub(super) fn example(kind: SetKind) -> &'static str {
    match kind {
        SetKind::Addresses => "10.1.0.0/16",
        SetKind::Hosts => "api.example.com",
        SetKind::Services => "https",
        SetKind::Text => "\"…\"",
        SetKind::Number => "443",
        SetKind::Flag => "on",
    }
}
