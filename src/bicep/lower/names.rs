//! Resources that are named: which one is meant, its type, its name and its id.

use std::rc::Rc;

use super::super::ast::{self, ArrayEntry, BicepExpression, ExpressionKind, LoopRounds, Spanned, StringPiece};
use super::super::fault::{BicepFault, quoted};
use super::super::unit::{BicepSource, Symbol};
use super::super::value::{self, BicepValue};
use super::env::BicepEnv;
use super::{BicepLowering, NamedSymbol};
use crate::net::same_word;

/// How many names of resources may need each other.
const MOST_NAMES: usize = 32;
/// How many parts the type of a resource may have after that of its provider.
const MOST_PARTS: usize = 12;

/// What a name or an item means among resources.
pub(super) enum NameTarget {
    Resource {
        unit: usize,
        declared: usize,
        /// Which round of its loop.
        index: Option<String>,
    },
    Module {
        unit: usize,
        module: usize,
        symbol: String,
        index: Option<String>,
    },
}

/// Where a resource is, as far as it is stated.
pub(super) enum NamePlace {
    /// Where the template is deployed to.
    Here,
    /// A resource group, perhaps of a subscription that comes before it.
    Group(Vec<BicepValue>),
    /// A subscription, which may be stated.
    Subscription(Option<BicepValue>),
    Tenant,
    ManagementGroup(Option<BicepValue>),
    /// Another resource, by its id.
    Resource(BicepValue),
}

impl BicepLowering<'_, '_> {
    /// The resource or module that an expression means, where it means one.
    pub(super) fn target(
        &mut self,
        expression: &BicepExpression,
        env: &BicepEnv<'_>,
    ) -> Result<Option<NameTarget>, BicepFault> {
        if let ExpressionKind::Name(name) = &expression.kind {
            return Ok(self.target_named(name, env));
        }
        if let ExpressionKind::Item(of, _, index) = &expression.kind {
            return self.target_item(of, index, env);
        }
        let ExpressionKind::Child(of, name) = &expression.kind else { return Ok(None) };
        let Some(NameTarget::Resource { unit, declared, .. }) = self.target(of, env)? else { return Ok(None) };
        let around = self.units.get(unit).and_then(|unit| unit.declared.get(declared));
        let child = around.and_then(|around| around.children.get(name)).copied();
        Ok(child.map(|declared| NameTarget::Resource { unit, declared, index: None }))
    }

    /// A resource of a loop, by its index.
    pub(super) fn target_item(
        &mut self,
        of: &BicepExpression,
        index: &BicepExpression,
        env: &BicepEnv<'_>,
    ) -> Result<Option<NameTarget>, BicepFault> {
        let ExpressionKind::Name(name) = &of.kind else { return Ok(None) };
        let Some(target) = self.target_named(name, env) else { return Ok(None) };
        let index = Some(self.lower(index, env)?.value.expression());
        Ok(Some(match target {
            NameTarget::Resource { unit, declared, .. } => NameTarget::Resource { unit, declared, index },
            NameTarget::Module { unit, module, symbol, .. } => NameTarget::Module { unit, module, symbol, index },
        }))
    }

    fn target_named(&self, name: &str, env: &BicepEnv<'_>) -> Option<NameTarget> {
        if env.local(name).is_some() {
            return None;
        }
        let unit = self.units.get(env.unit)?;
        let mut around = env.inside;
        while let Some(declared) = around.and_then(|at| unit.declared.get(at)) {
            if let Some(&declared) = declared.children.get(name) {
                return Some(NameTarget::Resource { unit: env.unit, declared, index: None });
            }
            around = declared.around;
        }
        match unit.symbols.get(name)? {
            Symbol::Resource(declared) => {
                Some(NameTarget::Resource { unit: env.unit, declared: *declared, index: None })
            }
            Symbol::Module(module) => {
                Some(NameTarget::Module { unit: env.unit, module: *module, symbol: name.to_owned(), index: None })
            }
            Symbol::Parameter(_)
            | Symbol::Variable(_)
            | Symbol::Function(_)
            | Symbol::Type
            | Symbol::Of(..)
            | Symbol::Unit(_)
            | Symbol::Unread(_) => None,
        }
    }

    /// What `make` gives of the syntax of a resource and the place of its body.
    fn in_resource<T>(
        &mut self,
        target: &NameTarget,
        make: impl FnOnce(&mut Self, &ast::BicepResource, &BicepEnv<'_>) -> Result<T, BicepFault>,
    ) -> Result<T, BicepFault> {
        let NameTarget::Resource { unit, declared, index } = target else { return Err(self.lost()) };
        let source: Option<Rc<BicepSource>> = self.source(*unit);
        let way = self.units.get(*unit).and_then(|unit| unit.declared.get(*declared)).map(|one| one.way.clone());
        let Some((source, way)) = source.zip(way) else { return Err(self.lost()) };
        let Some(resource) = source.resource(&way) else { return Err(self.lost()) };
        let env = BicepEnv::of(*unit, &source).in_body(*declared);
        let env = match &resource.body.rounds {
            Some(rounds) => self.round(&resource.symbol.text, rounds, index.as_deref(), &env)?,
            None => env,
        };
        make(self, resource, &env)
    }

    fn lost(&self) -> BicepFault {
        let (file, message) = (self.chain.last().cloned().unwrap_or_default(), "there is no such resource".to_owned());
        BicepFault { file, line: 1, column: 1, message }
    }

    /// The place of the body of a loop, in the round `index`, or in the round that is made.
    pub(super) fn round<'e>(
        &mut self,
        symbol: &str,
        rounds: &LoopRounds,
        index: Option<&str>,
        env: &BicepEnv<'e>,
    ) -> Result<BicepEnv<'e>, BicepFault> {
        let list = self.list_of(symbol, rounds, env)?;
        let index = index.unwrap_or("copyIndex()");
        let env = env.with(&rounds.item, format!("{list}[{index}]"));
        Ok(match &rounds.index {
            Some(name) => env.with(name, index.to_owned()),
            None => env,
        })
    }

    /// The list that a loop goes through, as a variable of the template's, so that it is made once.
    pub(super) fn list_of(
        &mut self,
        symbol: &str,
        rounds: &LoopRounds,
        env: &BicepEnv<'_>,
    ) -> Result<String, BicepFault> {
        if let ExpressionKind::Name(name) = &rounds.list.kind
            && let Some(Symbol::Variable(_) | Symbol::Parameter(_)) =
                self.units.get(env.unit).and_then(|unit| unit.symbols.get(name))
        {
            return Ok(self.lower(&rounds.list, env)?.value.expression());
        }
        let name = format!("$each.{symbol}");
        if !self.variables.contains_key(&name) {
            let list = self.lower(&rounds.list, env)?.value;
            self.variables.insert(name.clone(), list.json());
        }
        Ok(format!("variables({})", value::quoted(&name)))
    }

    /// The type of a resource, whole, and the version of it.
    pub(super) fn kind_of(&mut self, target: &NameTarget) -> Result<(String, String), BicepFault> {
        let around = self.around(target);
        let (kind, version) = self.in_resource(target, |lowering, resource, env| {
            let written = lowering.constant(&resource.kind, env)?;
            let (kind, version) = written.split_once('@').unwrap_or((&written, ""));
            if kind.is_empty() || kind.matches('/').count() > MOST_PARTS {
                return Err(env.fault(resource.kind.at, "expected the type of a resource"));
            }
            lowering.program.charge_text(resource.kind.at, kind.len()).map_err(|wrong| env.source.fault(wrong))?;
            Ok((kind.to_owned(), version.to_owned()))
        })?;
        let Some(around) = around else { return Ok((kind, version)) };
        let (outer, outer_version) = self.kind_of(&around)?;
        let version = if version.is_empty() { outer_version } else { version };
        Ok((format!("{outer}/{kind}"), version))
    }

    /// The resource that another is nested in.
    fn around(&self, target: &NameTarget) -> Option<NameTarget> {
        let NameTarget::Resource { unit, declared, .. } = target else { return None };
        let around = self.units.get(*unit)?.declared.get(*declared)?.around?;
        Some(NameTarget::Resource { unit: *unit, declared: around, index: None })
    }

    /// The resource around it: that which it is nested in, or its `parent`.
    fn parent(&mut self, target: &NameTarget) -> Result<Option<NameTarget>, BicepFault> {
        if let Some(around) = self.around(target) {
            return Ok(Some(around));
        }
        self.in_resource(target, |lowering, resource, env| {
            let Some(parent) = property(&resource.body.entries, "parent") else { return Ok(None) };
            match lowering.target(parent, env)? {
                Some(parent @ NameTarget::Resource { .. }) => Ok(Some(parent)),
                Some(NameTarget::Module { .. }) | None => {
                    Err(env.fault(parent.at, "expected the name of a resource of this file"))
                }
            }
        })
    }

    /// The names of the resource and of those around it, the outermost first.
    pub(super) fn names(&mut self, target: &NameTarget) -> Result<Vec<BicepValue>, BicepFault> {
        if self.depth >= MOST_NAMES {
            return self.in_resource(target, |_, resource, env| {
                Err(env.fault(resource.symbol.at, "its name needs too many other names, or itself"))
            });
        }
        self.depth += 1;
        let names = self.names_within(target);
        self.depth -= 1;
        names
    }

    fn names_within(&mut self, target: &NameTarget) -> Result<Vec<BicepValue>, BicepFault> {
        let (kind, _) = self.kind_of(target)?;
        if !is_of_azure(&kind) {
            return self.in_resource(target, |_, resource, _| Ok(vec![BicepValue::Text(resource.symbol.text.clone())]));
        }
        let mut names = match self.parent(target)? {
            Some(parent) => self.names(&parent)?,
            None => Vec::new(),
        };
        let wanted = kind.matches('/').count().saturating_sub(names.len());
        let own = self.in_resource(target, |lowering, resource, env| lowering.split_name(resource, wanted, env))?;
        names.extend(own);
        Ok(names)
    }

    /// The name of the resource as it states it.
    pub(super) fn own_name(&mut self, target: &NameTarget) -> Result<BicepValue, BicepFault> {
        self.depth += 1;
        let name = match self.depth > MOST_NAMES {
            true => self.names(target).map(|_| BicepValue::Null),
            false => self.in_resource(target, |lowering, resource, env| {
                let name = name_of(resource, env)?;
                let value = lowering.lower(name, env)?.value;
                lowering.charge_name(name.at, &value, env)?;
                Ok(value)
            }),
        };
        self.depth -= 1;
        name
    }

    /// The name in as many parts as the type has.
    fn split_name(
        &mut self,
        resource: &ast::BicepResource,
        wanted: usize,
        env: &BicepEnv<'_>,
    ) -> Result<Vec<BicepValue>, BicepFault> {
        let name = name_of(resource, env)?;
        if wanted > 1
            && let ExpressionKind::Text(pieces) = &name.kind
            && let Some(parts) = parted(pieces, wanted)
        {
            return parts.iter().map(|part| self.part(part, env)).collect();
        }
        let value = self.lower(name, env)?.value;
        self.charge_name(name.at, &value, env)?;
        if wanted <= 1 {
            return Ok(vec![value]);
        }
        let whole = value.expression();
        Ok((0..wanted).map(|at| BicepValue::Expression(format!("split({whole}, '/')[{at}]"))).collect())
    }

    fn part(&mut self, pieces: &[NamePart<'_>], env: &BicepEnv<'_>) -> Result<BicepValue, BicepFault> {
        let mut values = Vec::new();
        for piece in pieces {
            values.push(match piece {
                NamePart::Plain(text) => BicepValue::Text((*text).to_owned()),
                NamePart::Value(value) => self.lower(value, env)?.value,
            });
        }
        Ok(super::text::joined(&values))
    }

    /// Names may name others, which makes them as long as all of them together.
    fn charge_name(&mut self, at: Spanned, name: &BicepValue, env: &BicepEnv<'_>) -> Result<(), BicepFault> {
        let length = match name {
            BicepValue::Expression(text) | BicepValue::Text(text) => text.len(),
            BicepValue::Null
            | BicepValue::Bool(_)
            | BicepValue::Number(_)
            | BicepValue::List(_)
            | BicepValue::Object(_)
            | BicepValue::Loaded(_) => 0,
        };
        self.program.charge_text(at, length).map_err(|wrong| env.source.fault(wrong))
    }

    /// The id of a resource.
    ///
    /// Source: Microsoft Learn, "Resource functions for ARM templates", which id is of which scope.
    pub(super) fn id(&mut self, target: &NameTarget) -> Result<BicepValue, BicepFault> {
        let (kind, _) = self.kind_of(target)?;
        let mut arguments = vec![BicepValue::Text(kind.clone())];
        arguments.extend(self.names(target)?);
        let of =
            |function: &str, before: Vec<BicepValue>| BicepValue::call(function, &[before, arguments.clone()].concat());
        Ok(match self.place(target)? {
            NamePlace::Here if same_word(&kind, RESOURCE_GROUPS) => of("subscriptionResourceId", Vec::new()),
            NamePlace::Here => of("resourceId", Vec::new()),
            NamePlace::Group(before) => of("resourceId", before),
            NamePlace::Subscription(before) => of("subscriptionResourceId", before.into_iter().collect()),
            NamePlace::Tenant => of("tenantResourceId", Vec::new()),
            NamePlace::ManagementGroup(Some(group)) => of("managementGroupResourceId", vec![group]),
            NamePlace::ManagementGroup(None) => {
                let here = BicepValue::Expression("managementGroup().id".to_owned());
                of("extensionResourceId", vec![here])
            }
            NamePlace::Resource(id) => of("extensionResourceId", vec![id]),
        })
    }

    /// Where a resource is: of a child, where its parent is.
    pub(super) fn place(&mut self, target: &NameTarget) -> Result<NamePlace, BicepFault> {
        if self.depth >= MOST_NAMES {
            return self.names(target).map(|_| NamePlace::Here);
        }
        self.depth += 1;
        let place = match self.parent(target) {
            Ok(Some(parent)) => self.place(&parent),
            Ok(None) => {
                self.in_resource(target, |lowering, resource, env| match property(&resource.body.entries, "scope") {
                    Some(scope) => lowering.place_of_scope(scope, env),
                    None => Ok(NamePlace::Here),
                })
            }
            Err(fault) => Err(fault),
        };
        self.depth -= 1;
        place
    }

    /// The place that the value of a property `scope` states.
    pub(super) fn place_of_scope(
        &mut self,
        scope: &BicepExpression,
        env: &BicepEnv<'_>,
    ) -> Result<NamePlace, BicepFault> {
        if let Some(target @ NameTarget::Resource { .. }) = self.target(scope, env)? {
            let (kind, _) = self.kind_of(&target)?;
            if !same_word(&kind, RESOURCE_GROUPS) {
                return self.id(&target).map(NamePlace::Resource);
            }
            let mut group = self.names(&target)?;
            if let NamePlace::Subscription(Some(subscription)) = self.place(&target)? {
                group.insert(0, subscription);
            }
            return Ok(NamePlace::Group(group));
        }
        if let ExpressionKind::Name(name) = &scope.kind {
            return self.place_of_variable(name, scope, env);
        }
        if let ExpressionKind::Choice(parts) = &scope.kind {
            let [condition, yes, no] = &**parts;
            let condition = self.lower(condition, env)?.value;
            let (yes, no) = (self.place_of_scope(yes, env)?, self.place_of_scope(no, env)?);
            return chosen(&condition, yes, no).ok_or_else(|| unknown_scope(scope, env));
        }
        let ExpressionKind::Call(of, function, arguments) = &scope.kind else { return Err(unknown_scope(scope, env)) };
        if !of.as_deref().is_none_or(is_namespace) {
            return Err(unknown_scope(scope, env));
        }
        let mut given = Vec::new();
        for argument in arguments {
            given.push(self.lower(argument, env)?.value);
        }
        match (function.as_str(), given.len()) {
            ("resourceGroup", 0) => Ok(NamePlace::Here),
            ("resourceGroup", 1 | 2) => Ok(NamePlace::Group(given)),
            ("subscription", 0 | 1) => Ok(NamePlace::Subscription(given.pop())),
            ("managementGroup", 0 | 1) => Ok(NamePlace::ManagementGroup(given.pop())),
            ("tenant", 0) => Ok(NamePlace::Tenant),
            _ => Err(unknown_scope(scope, env)),
        }
    }

    /// The place that a variable is.
    fn place_of_variable(
        &mut self,
        name: &str,
        scope: &BicepExpression,
        env: &BicepEnv<'_>,
    ) -> Result<NamePlace, BicepFault> {
        let symbol = self.units.get(env.unit).and_then(|unit| unit.symbols.get(name));
        let Some(&Symbol::Variable(index)) = symbol.filter(|_| env.local(name).is_none()) else {
            return Err(unknown_scope(scope, env));
        };
        let source = self.source(env.unit);
        let variable = source.as_ref().and_then(|source| Some((source, source.file.variables.get(index)?)));
        let Some((source, variable)) = variable.filter(|_| self.depth < MOST_NAMES) else {
            return Err(unknown_scope(scope, env));
        };
        self.depth += 1;
        let place = self.place_of_scope(&variable.value, &BicepEnv::of(env.unit, source));
        self.depth -= 1;
        place
    }

    /// Makes the variable or function, and the name of it in the template.
    pub(super) fn function_name(&mut self, unit: usize, index: usize, name: &str) -> String {
        self.need(NamedSymbol::Function(unit, index));
        format!("{}.{name}", super::sections::namespace(unit))
    }
}

const RESOURCE_GROUPS: &str = "Microsoft.Resources/resourceGroups";

/// Whether the type is one of Azure's; those of extensions, such as Kubernetes, have no names of the same kind.
fn is_of_azure(kind: &str) -> bool {
    kind.split('/').next().is_some_and(|provider| provider.contains('.'))
}

/// One of two resource groups.
fn chosen(condition: &BicepValue, yes: NamePlace, no: NamePlace) -> Option<NamePlace> {
    let parts = |place: NamePlace| {
        let here = ["subscription().subscriptionId", "resourceGroup().name"]
            .map(|text| BicepValue::Expression(text.to_owned()));
        let [subscription, group] = here;
        match place {
            NamePlace::Here => Some([subscription, group]),
            NamePlace::Group(mut given) => {
                let group = given.pop()?;
                Some([given.pop().unwrap_or(subscription), group])
            }
            NamePlace::Subscription(_) | NamePlace::Tenant | NamePlace::ManagementGroup(_) | NamePlace::Resource(_) => {
                None
            }
        }
    };
    let both = parts(yes)?.into_iter().zip(parts(no)?);
    Some(NamePlace::Group(both.map(|(yes, no)| BicepValue::call("if", [condition, &yes, &no])).collect()))
}

fn unknown_scope(scope: &BicepExpression, env: &BicepEnv<'_>) -> BicepFault {
    env.fault(
        scope.at,
        "expected a resource, `resourceGroup(…)`, `subscription(…)`, `managementGroup(…)` or `tenant()`",
    )
}

/// Whether an expression is one of the namespaces that hold the functions of Bicep.
pub(super) fn is_namespace(expression: &BicepExpression) -> bool {
    matches!(&expression.kind, ExpressionKind::Name(name) if name == "az" || name == "sys")
}

/// The value of the property `name`.
pub(super) fn property<'e>(entries: &'e [ArrayEntry], name: &str) -> Option<&'e BicepExpression> {
    entries.iter().find_map(|entry| match entry {
        ArrayEntry::Property(key, value) if key.plain() == Some(name) => Some(value),
        ArrayEntry::Property(..) | ArrayEntry::All(_) | ArrayEntry::Resource(_) => None,
    })
}

fn name_of<'e>(resource: &'e ast::BicepResource, env: &BicepEnv<'_>) -> Result<&'e BicepExpression, BicepFault> {
    let missing = || env.fault(resource.symbol.at, format!("resource {} has no `name`", quoted(&resource.symbol.text)));
    property(&resource.body.entries, "name").ok_or_else(missing)
}

/// A piece of a part of a name.
enum NamePart<'p> {
    Plain(&'p str),
    Value(&'p BicepExpression),
}

/// The pieces of a text, parted at its slashes; `None` where there are not so many parts.
fn parted(pieces: &[StringPiece], wanted: usize) -> Option<Vec<Vec<NamePart<'_>>>> {
    let mut parts = vec![Vec::new()];
    for piece in pieces {
        match piece {
            StringPiece::Plain(text) => {
                for (index, part) in text.split('/').enumerate() {
                    if index > 0 {
                        parts.push(Vec::new());
                    }
                    if !part.is_empty() {
                        parts.last_mut()?.push(NamePart::Plain(part));
                    }
                }
            }
            StringPiece::Value(value) => parts.last_mut()?.push(NamePart::Value(value)),
        }
    }
    (parts.len() == wanted).then_some(parts)
}
