using Cove.Rego.Analysis;
using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>
/// Turns one definition into steps. After the safety check every variable is known to be bound or not at each point, so unification becomes
/// assignment, comparison and loops; nothing is looked up by name when it runs.
/// </summary>
internal sealed partial class Planner(CompiledProgram program, Rule? traced = null)
{
    private Dictionary<string, Slot> _slots = [];
    private HashSet<string> _bound = [];
    private Block _block = new();
    private List<Step> _steps = [];

    public int SlotCount { get; private set; }

    public int BuilderCount { get; private set; }

    /// <summary>Whether a step goes through a collection, or calls a function that may.</summary>
    public bool Scans { get; private set; }

    /// <summary>The names in order of arguments; each pattern that is not a plain variable is matched by the body's first steps.</summary>
    /// <param name="arguments">The terms of the head that are known before the body runs.</param>
    /// <param name="body">The body.</param>
    /// <param name="last">Makes the step that takes a solution.</param>
    /// <param name="remembered">The function whose results are kept from the body's first costly expression on, or null.</param>
    public Block PlanRule(List<Term>? arguments, List<Expr> body, Func<Planner, Step> last, Document? remembered = null)
    {
        var root = _block;
        if (arguments is not null) PlanArguments(arguments);
        if (remembered is not null)
        {
            var at = new FunctionCost(program).FirstCostly(body);
            PlanBody(body.GetRange(0, at));
            Open(rest => new RememberStep(remembered, arguments!.Count, rest));
            body = body.GetRange(at, body.Count - at);
        }

        PlanBody(body);
        if (traced is not null) Add(new Tracing.HeldStep(traced));
        Add(last(this));
        Close();
        return root;
    }

    /// <summary>A query: every expression's value goes to a slot (-1 for one that only binds or compares).</summary>
    public Block PlanQuery(List<Expr> body, Func<Step> last, List<int> expressions)
    {
        var root = _block;
        foreach (var expr in body)
        {
            // A generated term is a test of a value that has been captured.
            var hasValue = expr is { Negated: false, With.Count: 0, Kind: ExprKind.Term, Generated: false };
            if (!hasValue)
            {
                PlanBody([expr]);
                if (!expr.Generated) expressions.Add(-1);
                continue;
            }

            var slot = NewSlot();
            Add(new AssignStep(slot, PlanTerm(expr.Term!)));
            AddTest(new LocalNode(slot));
            expressions.Add(slot);
        }

        Add(last());
        Close();
        return root;
    }

    public int? SlotOf(string name) => _bound.Contains(name) ? _slots[name].Index : null;

    public int NewSlot() => SlotCount++;

    public int NewBuilder() => BuilderCount++;

    private void PlanArguments(List<Term> arguments)
    {
        SlotCount = arguments.Count;
        MatchArguments(arguments, [.. Enumerable.Range(0, arguments.Count)]);
    }

    /// <summary>A position among a frame's locals. A type of its own, so that a dictionary of it is compiled ahead of time.</summary>
    private readonly record struct Slot(int Index);

    /// <summary>Adds a step. What the step is made of may have opened loops, so the place is only decided now.</summary>
    private void Add(Step step) => _steps.Add(step);

    private void Close() => _block.Set(_steps);

    /// <summary>Ends the current block with a step that runs the rest, and goes on in the rest.</summary>
    private void Open(Func<Block, Step> generator)
    {
        var rest = new Block();
        Add(generator(rest));
        Close();
        (_block, _steps) = (rest, []);
    }

    /// <summary>Plans something in a block of its own; variables bound inside are unbound again afterwards.</summary>
    private Block Nested(Action plan)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var (block, steps) = (_block, _steps);
        var bound = new HashSet<string>(_bound);
        var root = new Block();
        (_block, _steps) = (root, []);
        plan();
        Close();
        (_block, _steps) = (block, steps);
        _bound.IntersectWith(bound);
        return root;
    }

    private int Bind(VarTerm variable)
    {
        var slot = NewSlot();
        _slots[variable.Name] = new Slot(slot);
        _bound.Add(variable.Name);
        return slot;
    }

    private bool IsUnbound(Term term) => term is VarTerm variable && !_bound.Contains(variable.Name);

    private void PlanBody(List<Expr> body)
    {
        for (var i = 0; i < body.Count; i++)
        {
            if (traced is not null) Trace(body, i);
            if (body[i].With.Count == 0)
            {
                PlanExpr(body[i]);
                continue;
            }

            // Expressions that came from one under the same "with" share its scope.
            var end = i + 1;
            while (end < body.Count && ReferenceEquals(body[end].With, body[i].With))
            {
                if (traced is not null) Trace(body, end);
                end++;
            }

            PlanWith(body.GetRange(i, end - i));
            i = end - 1;
        }
    }

    /// <summary>A step that tells the tracer how far the definition got, and with what.</summary>
    private void Trace(List<Expr> body, int at)
    {
        var names = new Dictionary<string, Tracing.TraceName>();
        TermWalker.Visit(body[at], term =>
        {
            if (term is VarTerm { IsWildcard: false } variable && _bound.Contains(variable.Name))
            {
                var written = program.State.NameOf(variable.Name);
                var name = written.StartsWith('%') ? variable.Location.Text : written;
                names.TryAdd(name, new Tracing.TraceName(name, _slots[variable.Name].Index));
            }

            return term is not ComprehensionTerm;
        });
        Add(new Tracing.ReachedStep(new Tracing.TracePoint(traced!, body[at], ReferenceEquals(body, traced!.Body) ? at : -1, [.. names.Values])));
    }

    private void PlanWith(List<Expr> exprs)
    {
        var replacements = exprs[0].With.ConvertAll(PlanReplacement).ToArray();
        var scope = NewBuilder();
        Open(inner => new WithStep(replacements, scope, inner));
        foreach (var expr in exprs) PlanExpr(expr);
        Open(rest => new LeaveScopeStep(scope, rest));
    }

    private Replacement PlanReplacement(WithModifier with)
    {
        var target = (RefTerm)with.Target;
        var isInput = target.HeadName == Names.Input;
        var isData = target.HeadName == Names.Data;
        if (isInput || isData)
        {
            RegoValue[] path = [.. target.Parts.Skip(1).Select(static p => p is ScalarTerm scalar ? scalar.Value : RegoValue.Null)];
            if (isData && program.Find(path) is { Kind: DocumentKind.Function } function)
                return new Replacement(false, [], PlanMockValue(with.Value, out var mock), function, mock);
            return new Replacement(isInput, path, PlanTerm(with.Value), null, null);
        }

        return new Replacement(false, [], PlanMockValue(with.Value, out var replacing), target.DottedName()!, replacing);
    }

    private Node? PlanMockValue(Term value, out FunctionMock? mock)
    {
        mock = null;
        if (value is FunctionTerm builtin) mock = new FunctionMock(null, program.State.FindBuiltin(builtin.Name), null);
        else if (value is RefTerm { HeadName: Names.Data } reference && program.State.Tree.FindExact(reference) is { IsFunction: true } node)
            mock = new FunctionMock(program.Documents[node.Index], null, null);
        return mock is null ? PlanTerm(value) : null;
    }

    private void PlanExpr(Expr expr)
    {
        if (expr.Negated)
        {
            PlanNegated(expr);
            return;
        }

        switch (expr.Kind)
        {
            case ExprKind.Term:
                AddTest(PlanTerm(expr.Term!));
                break;
            case ExprKind.Call:
                PlanCall(expr);
                break;
            case ExprKind.Every:
                PlanEvery(expr.Every!);
                break;
            case ExprKind.NotBody:
                Add(new NotStep(Existential(() => PlanBody(expr.Body!))));
                break;
            case ExprKind.Logical:
                var left = Existential(() => PlanBody(expr.Logical!.Left));
                var right = Existential(() => PlanBody(expr.Logical!.Right));
                Add(new LogicalStep(left, right, expr.Logical!.IsOr));
                break;
            default:
                throw new InvalidOperationException($"an expression of kind {expr.Kind} cannot be planned");
        }
    }

    private Block Existential(Action plan) => Nested(() =>
    {
        plan();
        Add(new FoundStep());
    });

    private void AddTest(Node node)
    {
        if (node is ConstantNode { Value.IsTruthy: true }) return;
        Add(new TestStep(node));
    }

    /// <summary>
    /// A negated expression: references among a call's arguments are taken out of the negation, so an undefined one makes the body fail; those on the
    /// sides of an equality stay inside.
    /// </summary>
    private void PlanNegated(Expr expr)
    {
        var positive = new Expr(expr.Location, expr.Kind) { Term = expr.Term, Function = expr.Function, Arguments = [.. expr.Arguments] };
        if (expr.Kind == ExprKind.Call && expr.Operator is not ("eq" or "equal"))
        {
            for (var i = 0; i < positive.Arguments.Count; i++)
                if (positive.Arguments[i] is RefTerm reference) positive.Arguments[i] = Hoist(reference);
        }

        var block = Existential(() => PlanExpr(positive));
        if (block.Steps is [TestStep test, FoundStep]) Add(new NotTestStep(test.Node));
        else Add(new NotStep(block));
    }

    private VarTerm Hoist(RefTerm reference)
    {
        var local = new VarTerm(reference.Location, $"%hoisted{SlotCount}");
        Unify(local, reference);
        return local;
    }

    private void PlanEvery(EveryClause every)
    {
        Scans = true;
        var domain = PlanTerm(every.Domain);
        var (key, value) = (-1, -1);
        var block = Existential(() =>
        {
            if (every.Key is VarTerm keyVar) key = Bind(keyVar);
            value = Bind((VarTerm)every.Value);
            PlanBody(every.Body);
        });
        Add(new EveryStep(domain, key, value, block));
    }

    private void PlanCall(Expr expr)
    {
        var name = expr.Operator;
        var arguments = expr.Arguments;
        if (name == "eq" && arguments.Count == 2)
        {
            Unify(arguments[0], arguments[1]);
            return;
        }

        if (name == "equal" && arguments.Count == 2)
        {
            Add(new EqualStep(PlanTerm(arguments[0]), PlanTerm(arguments[1])));
            return;
        }

        if (name == "internal.print")
        {
            Add(new PrintStep([.. ((ArrayTerm)arguments[0]).Items.Select(PlanPrinted)]));
            return;
        }

        if (name == "walk")
        {
            PlanWalk(arguments);
            return;
        }

        if (TryInline(expr.Function!, arguments)) return;
        var call = PlanCallValue(expr.Function!, arguments, expr.Location, out var arity);
        if (arguments.Count > arity) UnifyWith(arguments[arity], call);
        else AddTest(call);
    }

    /// <summary>An argument of a print: the analysis made it the set of a term's values, of which most have one.</summary>
    private PrintArgument PlanPrinted(Term argument) =>
        argument is ComprehensionTerm { Value: VarTerm value, Body: [{ IsEquality: true, With.Count: 0, Negated: false } only] } && only.Arguments[0] is VarTerm bound
        && bound.Name == value.Name && HasOneValue(only.Arguments[1])
            ? new PrintArgument(PlanTerm(only.Arguments[1]), IsSet: false)
            : new PrintArgument(PlanTerm(argument), IsSet: true);

    private bool HasOneValue(Term term) => term.IsConstant || term is VarTerm && !IsUnbound(term)
        || (term is RefTerm { HeadName: { } head } reference && (_bound.Contains(head) || Names.IsRoot(head)) && reference.Parts.TrueForAll(part => part == reference.Parts[0] || part.IsConstant || (part is VarTerm && !IsUnbound(part))));

    private Node PlanCallValue(RefTerm function, List<Term> arguments, Location at, out int arity)
    {
        if (program.State.Tree.FindExact(function) is { IsFunction: true } node)
        {
            arity = node.Arity;
            Scans |= new FunctionCost(program).IsWorthKeeping(program.Documents[node.Index]);
            return new FunctionNode(program.Documents[node.Index], PlanAll(arguments.GetRange(0, arity)));
        }

        var builtin = program.State.FindBuiltin(function.DottedName()) ?? throw new InvalidOperationException($"no function {function.DottedName()}");
        arity = Math.Min(builtin.Arity, arguments.Count);
        var nodes = PlanAll(arguments.GetRange(0, arity));
        if (OperatorNodes.For(builtin, nodes, at) is { } special) return special;
        if (builtin.One is not null) return new Builtin1Node(builtin, nodes[0], at);
        if (builtin.Two is not null) return new Builtin2Node(builtin, nodes[0], nodes[1], at);
        return new BuiltinNode(builtin, nodes, at);
    }

    private void PlanWalk(List<Term> arguments)
    {
        Scans = true;
        var value = PlanTerm(arguments[0]);
        if (arguments.Count == 1)
        {
            Open(rest => new WalkStep(value, -1, -1, rest));
            return;
        }

        if (arguments[1] is ArrayTerm { Items: [var path, var found] })
        {
            var pathSlot = path is VarTerm { IsWildcard: true } ? -1 : NewSlot();
            var valueSlot = found is VarTerm { IsWildcard: true } ? -1 : NewSlot();
            Open(rest => new WalkStep(value, pathSlot, valueSlot, rest));
            if (pathSlot >= 0) UnifyWith(path, new LocalNode(pathSlot));
            if (valueSlot >= 0) UnifyWith(found, new LocalNode(valueSlot));
            return;
        }

        var (at, what) = (NewSlot(), NewSlot());
        Open(rest => new WalkStep(value, at, what, rest));
        UnifyWith(arguments[1], new ArrayNode([new LocalNode(at), new LocalNode(what)]));
    }

    private Node[] PlanAll(List<Term> terms)
    {
        var nodes = new Node[terms.Count];
        for (var i = 0; i < nodes.Length; i++) nodes[i] = PlanTerm(terms[i]);
        return nodes;
    }
}
