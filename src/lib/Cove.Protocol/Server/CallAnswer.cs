using System.Text.Json.Serialization.Metadata;
using Cove.Protocol.Framing;
using Cove.Protocol.Messages;

namespace Cove.Protocol.Server;

/// <summary>What a handler came to, ready to be written.</summary>
internal abstract record CallAnswer
{
    public abstract Task WriteAsync(FrameWriter writer, ulong id, CancellationToken cancellation);

    public sealed record Response<T>(T Value, JsonTypeInfo<T> Type) : CallAnswer
    {
        public override Task WriteAsync(FrameWriter writer, ulong id, CancellationToken cancellation) =>
            writer.WriteJsonAsync(FrameKind.Response, 0, id, Value, Type, cancellation);
    }

    public sealed record Error(CallError Value) : CallAnswer
    {
        public override Task WriteAsync(FrameWriter writer, ulong id, CancellationToken cancellation) =>
            writer.WriteJsonAsync(FrameKind.Error, 0, id, Value, ProtocolJson.Default.CallError, cancellation);
    }
}
