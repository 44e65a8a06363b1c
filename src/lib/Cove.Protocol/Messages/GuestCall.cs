using System.Text.Json.Serialization.Metadata;

namespace Cove.Protocol.Messages;

/// <summary>A call: its number, and how its two messages are written. <see cref="GuestCalls"/> has them all.</summary>
/// <typeparam name="TRequest">What is asked.</typeparam>
/// <typeparam name="TResponse">What is answered.</typeparam>
public sealed class GuestCall<TRequest, TResponse>
{
    private readonly Func<ProtocolJson, JsonTypeInfo<TRequest>> request;
    private readonly Func<ProtocolJson, JsonTypeInfo<TResponse>> response;

    internal GuestCall(GuestMethod method, Func<ProtocolJson, JsonTypeInfo<TRequest>> request, Func<ProtocolJson, JsonTypeInfo<TResponse>> response) =>
        (Method, this.request, this.response) = (method, request, response);

    /// <summary>Its number on the wire.</summary>
    public GuestMethod Method { get; }

    // Taken when a call is made, not when the table of all calls is: making these forms is most of what a guest would do before it answers.
    internal JsonTypeInfo<TRequest> Request => request(ProtocolJson.Default);

    internal JsonTypeInfo<TResponse> Response => response(ProtocolJson.Default);
}
