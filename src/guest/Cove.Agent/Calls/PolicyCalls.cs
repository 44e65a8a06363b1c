using Cove.Outcomes;
using Cove.Protocol.Messages;
using Cove.Protocol.Server;

namespace Cove.Agent.Calls;

/// <summary>The policy and what adds to it. The first two calls are answered before there is one.</summary>
internal static class PolicyCalls
{
    private static readonly string Version = typeof(PolicyCalls).Assembly.GetName().Version?.ToString(3) ?? "0";

    public static GuestHandlers AddPolicyCalls(this GuestHandlers handlers, Guest guest) => handlers
        .On(GuestCalls.Ping, (_, _) => Task.FromResult<Verdict<PingResponse>>(new PingResponse(Version, guest.Gate.IsSet)))
        .On(GuestCalls.SetPolicy, (request, cancellation) =>
        {
            // Every host's first: while the policy is read, what comes after it gets its drivers.
            _ = guest.Options.Drivers.Value;
            return guest.Gate.SetAsync(request, cancellation);
        })
        .On(GuestCalls.LoadFragment, (request, cancellation) => guest.ChangeAsync(() => Task.FromResult(guest.Gate.LoadFragment(request)), cancellation));
}
