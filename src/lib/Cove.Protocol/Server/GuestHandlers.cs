using Cove.Outcomes;
using Cove.Protocol.Messages;

namespace Cove.Protocol.Server;

/// <summary>What a guest does for each call.</summary>
public sealed class GuestHandlers
{
    private readonly Dictionary<GuestMethod, Func<ReadOnlyMemory<byte>, CallStreams, CancellationToken, Task<CallAnswer>>> handlers = [];

    /// <summary>Handles a call.</summary>
    public GuestHandlers On<TRequest, TResponse>(
        GuestCall<TRequest, TResponse> call, Func<TRequest, CancellationToken, Task<Verdict<TResponse>>> handle) =>
        On(call, (request, _, cancellation) => handle(request, cancellation));

    /// <summary>Handles a call that has streams.</summary>
    public GuestHandlers On<TRequest, TResponse>(
        GuestCall<TRequest, TResponse> call, Func<TRequest, CallStreams, CancellationToken, Task<Verdict<TResponse>>> handle)
    {
        handlers.Add(call.Method, async (json, streams, cancellation) =>
        {
            var request = MessageReader.Parse(json.Span, call.Request);
            return (await handle(request, streams, cancellation)).IsAccepted(out var response, out var findings)
                ? new CallAnswer.Response<TResponse>(response, call.Response)
                : Refuse(CallOutcome.Denied, "denied", $"{call.Method} was denied", findings);
        });
        return this;
    }

    /// <summary>Runs the handler of a method. Whatever it throws becomes an answer: no request can end the guest.</summary>
    internal async Task<CallAnswer> HandleAsync(ushort method, ReadOnlyMemory<byte> json, CallStreams streams, CancellationToken cancellation)
    {
        if (!handlers.TryGetValue((GuestMethod)method, out var handler))
            return Refuse(CallOutcome.Malformed, "malformed", $"method {method} is not known");
        try
        {
            return await handler(json, streams, cancellation);
        }
        catch (MalformedException wrong)
        {
            return Refuse(CallOutcome.Malformed, "malformed", wrong.Message);
        }
        catch (GuestFailedException failure)
        {
            return Refuse(CallOutcome.Failed, failure.Code, failure.Message);
        }
        catch (UnavailableException unavailable)
        {
            return Refuse(CallOutcome.Failed, "unavailable", unavailable.Message);
        }
        catch (OperationCanceledException)
        {
            return Refuse(CallOutcome.Failed, "cancelled", "the call was cancelled");
        }
#pragma warning disable CA1031 // A request must never end the guest, whatever it makes a handler do.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            // Its message may quote what the guest holds, so only its type leaves the guest.
            return Refuse(CallOutcome.Failed, "internal", $"the guest failed inside ({bug.GetType().Name})");
        }
    }

    internal static CallAnswer Refuse(CallOutcome outcome, string code, string message, IReadOnlyList<Finding>? findings = null) =>
        new CallAnswer.Error(new CallError(outcome, code, message, findings ?? []));
}
