using System.Text.Json.Serialization.Metadata;

namespace Cove.Protocol.Messages;

/// <summary>A call: its number, and how its two messages are written. <see cref="GuestCalls"/> has them all.</summary>
/// <typeparam name="TRequest">What is asked.</typeparam>
/// <typeparam name="TResponse">What is answered.</typeparam>
public sealed class GuestCall<TRequest, TResponse>
{
    internal GuestCall(GuestMethod method, JsonTypeInfo<TRequest> request, JsonTypeInfo<TResponse> response) =>
        (Method, Request, Response) = (method, request, response);

    /// <summary>Its number on the wire.</summary>
    public GuestMethod Method { get; }

    internal JsonTypeInfo<TRequest> Request { get; }

    internal JsonTypeInfo<TResponse> Response { get; }
}
