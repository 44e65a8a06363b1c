using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Analysis;

/// <summary>Infers the types of rules, each after those it depends on, and reports what can never hold.</summary>
internal sealed partial class TypeCheck(CompilerState state)
{
    public void CheckQuery(List<Expr> query) => Infer(query, new TypeEnvironment(state, null));

    public void CheckRules()
    {
        foreach (var node in state.Order)
            if (node.Linked is null) state.RuleTypes[node] = TypeOf(node);
    }

    private RegoType TypeOf(RuleNode node)
    {
        var before = state.Errors.Count;
        var type = InferType(node);
        // What has an error is not blamed on those who use it.
        return state.Errors.Count == before || node.IsFunction ? type : RegoType.Any;
    }

    private RegoType InferType(RuleNode node)
    {
        var types = new List<RegoType>();
        List<RegoType>? arguments = null;
        foreach (var rule in node.Rules)
        {
            for (var part = rule; part is not null; part = part.Else)
            {
                var environment = new TypeEnvironment(state, null);
                var inner = Infer(part.Body, environment);
                types.Add(HeadType(node, part, inner).Bounded);
                if (part.Head.Arguments is not { } terms) continue;
                foreach (var name in terms.SelectMany(TermWalker.AllVars))
                    if (inner.Find(name) is null) inner.Set(name, RegoType.Any);
                var own = terms.ConvertAll(t => inner.Of(t) ?? RegoType.Any);
                arguments = arguments is null ? own : [.. arguments.Zip(own, static (a, b) => RegoType.Union([a, b]))];
            }
        }

        var result = RegoType.Union(types).Bounded;
        return arguments is null ? result : new RegoFunctionType(arguments.ConvertAll(static a => a.Bounded), result, Variadic: false);
    }

    private static RegoType HeadType(RuleNode node, Rule rule, TypeEnvironment environment)
    {
        var head = rule.Head;
        var isMember = head.Kind == RuleKind.Multi;
        var value = environment.Of(isMember ? head.Key! : head.Value!) ?? RegoType.Any;
        RegoType type = isMember ? new SetType(value) : value;
        // Steps of the reference behind the node make objects around the value.
        var known = node.Depth - (rule.Module.Package.Parts.Count - 1);
        for (var i = head.Ref.Parts.Count - 1; i >= known; i--)
        {
            var key = head.Ref.Parts[i];
            type = key is ScalarTerm scalar
                ? new ObjectType([(scalar.Value, type)], null, null)
                : new ObjectType([], environment.Of(key) ?? RegoType.Any, type);
        }

        return type;
    }

    /// <summary>Checks a body and learns the types of its variables.</summary>
    public TypeEnvironment Infer(List<Expr> body, TypeEnvironment outer)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var environment = new TypeEnvironment(state, outer);
        foreach (var expr in body)
        {
            var before = state.Errors.Count;
            CheckClosures(expr, environment);
            CheckRefs(expr, environment);
            if (state.Errors.Count == before) CheckExpr(expr, environment);
        }

        return environment;
    }

    private void CheckClosures(Expr expr, TypeEnvironment environment)
    {
        bool Look(Term term)
        {
            if (term is not ComprehensionTerm comprehension) return true;
            state.Comprehensions[comprehension] = TypeEnvironment.TypeOf(comprehension, Infer(comprehension.Body, environment));
            return false;
        }

        if (expr.Term is not null) TermWalker.Visit(expr.Term, Look);
        foreach (var argument in expr.Arguments) TermWalker.Visit(argument, Look);
        if (expr.Every is { } every)
        {
            TermWalker.Visit(every.Domain, Look);
            var inner = new TypeEnvironment(state, environment);
            var domain = environment.Of(every.Domain) ?? RegoType.Any;
            if (every.Key is VarTerm key) inner.Set(key.Name, TypeUnifier.Keys(domain) ?? RegoType.Any);
            if (every.Value is VarTerm value) inner.Set(value.Name, TypeUnifier.Values(domain) ?? RegoType.Any);
            Infer(every.Body, inner);
        }

        if (expr.Body is not null) Infer(expr.Body, environment);
        if (expr.Logical is null) return;
        Infer(expr.Logical.Left, environment);
        Infer(expr.Logical.Right, environment);
    }

    private void CheckRefs(Expr expr, TypeEnvironment environment)
    {
        bool Look(Term term)
        {
            if (term is ComprehensionTerm) return false;
            if (term is RefTerm reference) CheckRef(expr, reference, environment);
            return true;
        }

        if (expr.Term is not null) TermWalker.Visit(expr.Term, Look);
        foreach (var argument in expr.Arguments) TermWalker.Visit(argument, Look);
        if (expr.Every is { } every) TermWalker.Visit(every.Domain, Look);
    }

    /// <summary>Steps of a reference that its document or variable can never have; variables among them learn their type.</summary>
    private void CheckRef(Expr expr, RefTerm reference, TypeEnvironment environment)
    {
        var (type, at) = environment.Start(reference);
        for (; at < reference.Parts.Count; at++)
        {
            if (type is null || type.IsAny) return;
            var step = reference.Parts[at];
            RegoType? next;
            if (step is ScalarTerm scalar)
            {
                next = TypeUnifier.Select(type, scalar.Value);
            }
            else
            {
                var keys = TypeUnifier.Keys(type);
                next = keys is null ? null : TypeUnifier.Values(type) ?? RegoType.Any;
                if (next is not null && step is VarTerm variable)
                {
                    if (environment.Find(variable.Name) is not { } known) environment.Set(variable.Name, keys!);
                    else if (!TypeUnifier.Unifies(known, keys)) next = null;
                }
            }

            if (next is null)
            {
                var isLiteral = at == 1 && reference.Parts[0] is VarTerm { IsGenerated: true } head && !state.Written.ContainsKey(head.Name) && TypeUnifier.Keys(type) is null;
                if (isLiteral) state.Report(RegoError.TypeCode, expr.Location, "match error");
                else state.Report(RegoError.TypeCode, reference.Location, $"undefined ref: {TermText.Of(reference)}");
                return;
            }

            type = next;
        }
    }

    private void CheckExpr(Expr expr, TypeEnvironment environment)
    {
        if (expr.Kind != ExprKind.Call) return;
        if (expr.IsEquality)
        {
            var (a, b) = (expr.Arguments[0], expr.Arguments[1]);
            if (!Unify(a, environment.Of(a), b, environment.Of(b), environment)) state.Report(RegoError.TypeCode, expr.Location, "match error");
            return;
        }

        if (expr.Operator == "equal" && expr.Arguments.Count == 2)
        {
            var (a, b) = (environment.Of(expr.Arguments[0]), environment.Of(expr.Arguments[1]));
            if (a is not null && b is not null && !TypeUnifier.Unifies(a, b)) state.Report(RegoError.TypeCode, expr.Location, "match error");
            return;
        }

        var function = state.Tree.FindExact(expr.Function!) is { IsFunction: true } node
            ? state.TypeOf(node) as RegoFunctionType
            : state.FindBuiltin(expr.Operator)?.Type;
        if (function is null) return;
        var name = expr.Function!.HeadName == Names.Data ? TermText.Of(expr.Function) : expr.Operator;
        CheckCall(expr, name!, function, environment);
    }

    private void CheckCall(Expr expr, string name, RegoFunctionType function, TypeEnvironment environment)
    {
        if (function.Variadic) return;
        var given = expr.Arguments.Count;
        var arity = function.Arguments.Count;
        if (expr.Generated ? given != arity + 1 && !(given == arity && name is "eq" or "internal.print") : given != arity && given != arity + 1)
        {
            state.Report(RegoError.TypeCode, expr.Location, $"{name}: arity mismatch");
            return;
        }

        for (var i = 0; i < arity; i++)
        {
            if (Learn(expr.Arguments[i], function.Arguments[i], environment, union: false)) continue;
            state.Report(RegoError.TypeCode, expr.Location, $"{name}: invalid argument(s)");
            return;
        }

        if (given == arity + 1 && !Learn(expr.Arguments[arity], function.Result, environment, union: false))
            state.Report(RegoError.TypeCode, expr.Location, $"{name}: invalid argument(s)");
    }
}
