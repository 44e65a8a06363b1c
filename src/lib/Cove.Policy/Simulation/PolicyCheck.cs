using Cove.Outcomes;
using Cove.Policy.Enforcement;
using Cove.Policy.Explanation;
using Cove.Rego.Values;

namespace Cove.Policy.Simulation;

/// <summary>The answer to one of a list of requests.</summary>
/// <param name="Step">Its number in the list, from 0.</param>
/// <param name="Point">What was asked.</param>
/// <param name="Denial">Why it was denied; null where it was allowed.</param>
/// <param name="Answer">What was allowed, as JSON; null where it was denied.</param>
public sealed record CheckedRequest(int Step, string Point, PolicyDenial? Denial, string? Answer);

/// <summary>
/// Puts a list of requests to a policy, one after another, as a guest would: what each allows or why not, with the policy's memory in between.
/// </summary>
public static class PolicyCheck
{
    /// <summary>Asks everything in order.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="requests">A JSON array of <c>{"point", "input"}</c>, inputs as in spec §2.4.</param>
    /// <param name="cancellation">Stops between two requests.</param>
    /// <exception cref="MalformedException">The text is not a policy, or the requests are not such an array.</exception>
    public static IReadOnlyList<CheckedRequest> Run(PolicyText policy, ReadOnlySpan<byte> requests, CancellationToken cancellation = default)
    {
        EnforcementEngine engine;
        try
        {
            engine = new EnforcementEngine(policy.Text, PolicyData.Create([]));
        }
        catch (EnforcementException e)
        {
            throw new MalformedException("policy", "text", e.Message, inner: e);
        }

        var answers = new List<CheckedRequest>();
        foreach (var request in PolicySimulator.Scenarios(requests))
        {
            cancellation.ThrowIfCancellationRequested();
            var point = PolicyReader.Text(request["point"])
                ?? throw new MalformedException("requests", $"[{answers.Count}].point", "is missing or not a string");
            var input = request["input"] as RegoObject ?? RegoObject.Empty;
            var ruling = engine.Ask(point, input);
            answers.Add(ruling is Ruling.Allowed allowed
                ? new CheckedRequest(answers.Count, point, null, allowed.Answer.ToJson())
                : new CheckedRequest(answers.Count, point, PolicyEnforcer.Denial(engine, point, input, ruling), null));
        }

        return answers;
    }
}
