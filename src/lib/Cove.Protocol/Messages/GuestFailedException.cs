namespace Cove.Protocol.Messages;

/// <summary>The guest could not do a call that it allowed, or the call does not fit its state. Handlers throw it; the client throws it again.</summary>
/// <param name="code">Stable code in kebab case, e.g. <c>container-unknown</c>, <c>busy</c>, <c>guest-inconsistent</c>.</param>
/// <param name="message">One sentence that the host may read. Never a secret.</param>
/// <param name="inner">The cause, which stays in the guest.</param>
public sealed class GuestFailedException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Stable code of the failure.</summary>
    public string Code { get; } = code;
}
