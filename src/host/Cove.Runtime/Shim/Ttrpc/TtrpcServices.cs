using Cove.Outcomes;
using Cove.Protocol.Messages;

namespace Cove.Runtime.Shim.Ttrpc;

/// <summary>What a server answers: a handler for each method of each service.</summary>
internal sealed class TtrpcServices
{
    private readonly Dictionary<(string Service, string Method), Func<ReadOnlyMemory<byte>, CancellationToken, Task<byte[]>>> handlers = [];

    public TtrpcServices On(string service, string method, Func<ReadOnlyMemory<byte>, CancellationToken, Task<byte[]>> handler)
    {
        handlers.Add((service, method), handler);
        return this;
    }

    /// <summary>Answers a call. Whatever its handler throws becomes a status: no call can end the server.</summary>
    public async Task<TtrpcResponse> AnswerAsync(TtrpcRequest request, CancellationToken cancellation)
    {
        if (!handlers.TryGetValue((request.Service, request.Method), out var handler))
            return TtrpcResponse.Of(TtrpcCode.Unimplemented, $"{request.Service}/{request.Method} is not served here");
        try
        {
            return TtrpcResponse.Of(await handler(request.Payload, cancellation));
        }
        catch (TtrpcException status)
        {
            return TtrpcResponse.Of(status.Code, status.Message);
        }
        catch (MalformedException wrong)
        {
            return TtrpcResponse.Of(TtrpcCode.InvalidArgument, wrong.Message);
        }
        catch (GuestFailedException failed)
        {
            return TtrpcResponse.Of(TtrpcCode.FailedPrecondition, $"{failed.Code}: {failed.Message}");
        }
        catch (UnavailableException gone)
        {
            return TtrpcResponse.Of(TtrpcCode.Unavailable, gone.Message);
        }
        catch (OperationCanceledException)
        {
            return TtrpcResponse.Of(TtrpcCode.Canceled, "the call was given up");
        }
#pragma warning disable CA1031 // A call must never end the server, whatever it makes a handler do.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            return TtrpcResponse.Of(TtrpcCode.Internal, $"{bug.GetType().Name}: {bug.Message}");
        }
    }
}
