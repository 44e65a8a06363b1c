using Cove.Rego.Evaluation;
using Cove.Rego.Syntax;

namespace Cove.Rego.Tracing;

/// <summary>Collects what the evaluations of a traced policy did. Thread-safe.</summary>
internal sealed class Tracer
{
    private readonly Lock gate = new();
    private readonly HashSet<Expr> reached = [];
    private readonly HashSet<Rule> held = [];
    private readonly Dictionary<Rule, Furthest> furthest = [];

    public void Reached(TracePoint point, Frame frame)
    {
        lock (gate)
        {
            reached.Add(point.Expr);
            if (point.Order < 0 || (furthest.TryGetValue(point.Rule, out var known) && known.Point.Order >= point.Order)) return;
            furthest[point.Rule] = new Furthest(point, [.. point.Names.Select(n => frame.Locals[n.Slot].Value)]);
        }
    }

    public void Held(Rule rule)
    {
        lock (gate) held.Add(rule);
    }

    public bool WasReached(Expr expr)
    {
        lock (gate) return reached.Contains(expr);
    }

    public bool HasHeld(Rule rule)
    {
        lock (gate) return held.Contains(rule);
    }

    public Furthest? FurthestOf(Rule rule)
    {
        lock (gate) return furthest.GetValueOrDefault(rule);
    }
}
