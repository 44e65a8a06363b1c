using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>Plans all definitions of a document.</summary>
internal sealed class DocumentPlanner(CompiledProgram program)
{
    public DocumentPlan Plan(Document document)
    {
        var definitions = document.Node.Rules.FindAll(static r => !r.IsDefault);
        var constant = SharedConstant(document, definitions);
        var fallback = document.Node.Rules.Find(static r => r.IsDefault);
        var memoize = document.Kind == DocumentKind.Function && new FunctionCost(program).IsWorthKeeping(document);
        var remembers = memoize && !program.IsTraced && fallback is null && definitions is [{ Else: null } only] && new FunctionCost(program).FirstCostly(only.Body) > 0;
        var rules = definitions.ConvertAll(rule => PlanChain(document, rule, remembers)).ToArray();
        // A traced definition that the index leaves out would have nothing to tell.
        var index = !program.IsTraced && definitions.Count > 2 && document.Kind != DocumentKind.Package ? RuleIndex.Build(program, definitions, static rule => rule.Head.Arguments) : null;
        return new DocumentPlan(
            rules,
            fallback is null ? null : PlanChain(document, fallback, remembers: false),
            index,
            constant is not null,
            memoize && !remembers);
    }

    /// <summary>Plans the definitions of a partial document for a key that is known before: what gives the key is matched first, as an argument is.</summary>
    public KeyedPlan PlanKeyed(Document document)
    {
        var definitions = document.Node.Rules;
        if (program.IsTraced || document.Children.Count > 0 || definitions.Exists(rule => rule.Else is not null || rule.IsDefault || !IsPattern(KeyOf(document, rule))))
            return KeyedPlan.None;
        var scans = false;
        var rules = definitions.ConvertAll(rule =>
        {
            var planner = new Planner(program);
            var body = planner.PlanRule([KeyOf(document, rule)], rule.Body, p => document.Kind == DocumentKind.Set
                ? new EmitValueStep(new ConstantNode(RegoValue.True), stopAtFirst: true, isFunction: false, rule.Location)
                : Last(document, rule, p));
            scans |= planner.Scans;
            return new CompiledRule(program.NextRuleId(), body, planner.SlotCount, planner.BuilderCount, rule.Location);
        });
        var index = definitions.Count > 2 ? RuleIndex.Build(program, definitions, rule => [KeyOf(document, rule)]) : null;
        return new KeyedPlan([.. rules], index, scans);
    }

    /// <summary>The term that says which member a definition adds, or at which key.</summary>
    private static Term KeyOf(Document document, Rule rule) => document.Kind == DocumentKind.Set ? rule.Head.Key! : rule.Head.Ref.Parts[KnownParts(document, rule)];

    /// <summary>How many parts of a definition's reference lead to the document.</summary>
    private static int KnownParts(Document document, Rule rule) => document.Path.Length - (rule.Module.Package.Parts.Count - 1);

    /// <summary>Whether a value can be matched against a term, binding what is in it.</summary>
    private static bool IsPattern(Term term) => term.IsConstant || term is VarTerm || (term is ArrayTerm array && array.Items.TrueForAll(IsPattern));

    /// <summary>The constant that all definitions of a complete document give, if they do.</summary>
    private static RegoValue? SharedConstant(Document document, List<Rule> definitions)
    {
        if (document.Kind is not (DocumentKind.Complete or DocumentKind.Function)) return null;
        RegoValue? constant = null;
        foreach (var rule in definitions)
        {
            for (var part = rule; part is not null; part = part.Else)
            {
                if (part.Head.Value is not ScalarTerm { Value: var value }) return null;
                constant ??= value;
                if (constant != value) return null;
            }
        }

        return constant;
    }

    private CompiledRule PlanChain(Document document, Rule rule, bool remembers)
    {
        var first = PlanRule(document, rule, remembers);
        var last = first;
        for (var part = rule.Else; part is not null; part = part.Else)
        {
            last.Else = PlanRule(document, part, remembers: false);
            last = last.Else;
        }

        return first;
    }

    private CompiledRule PlanRule(Document document, Rule rule, bool remembers)
    {
        var planner = new Planner(program, program.IsTraced ? rule : null);
        var head = rule.Head;
        var body = planner.PlanRule(head.Arguments, rule.Body, p => Last(document, rule, p), remembers ? document : null);
        return new CompiledRule(program.NextRuleId(), body, planner.SlotCount, planner.BuilderCount, rule.Location);
    }

    private static Step Last(Document document, Rule rule, Planner planner)
    {
        var head = rule.Head;
        if (document.Kind is DocumentKind.Complete or DocumentKind.Function)
        {
            var value = planner.PlanTerm(head.Value!);
            return new EmitValueStep(value, value is ConstantNode, document.Kind == DocumentKind.Function, rule.Location);
        }

        if (document.Kind == DocumentKind.Set) return new EmitMemberStep(planner.PlanTerm(head.Key!));

        // The part of the reference behind the document's own path.
        var path = head.Ref.Parts.Skip(KnownParts(document, rule)).Select(planner.PlanTerm).ToArray();
        var isMember = head.Kind == RuleKind.Multi;
        return new EmitEntryStep(path, planner.PlanTerm(isMember ? head.Key! : head.Value!), isMember);
    }
}
