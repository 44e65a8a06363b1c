namespace Cove.Outcomes;

/// <summary>Something outside did not answer. Nothing was decided; trying again is safe.</summary>
/// <param name="what">Who or what did not answer, e.g. <c>attestation service at https://localhost:7441</c>.</param>
/// <param name="why">How it failed, in one clause.</param>
/// <param name="inner">The cause.</param>
public sealed class UnavailableException(string what, string why, Exception? inner = null) : Exception($"{what} is unavailable: {why}", inner)
{
    /// <summary>Who or what did not answer.</summary>
    public string What { get; } = what;
}
