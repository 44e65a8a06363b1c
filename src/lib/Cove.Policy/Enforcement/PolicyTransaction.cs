namespace Cove.Policy.Enforcement;

/// <summary>
/// Takes back what a policy remembers if the act that it allowed fails: unless <see cref="Commit"/> was called, disposing restores the state from
/// before
/// (spec §2.2).
/// </summary>
public sealed class PolicyTransaction : IDisposable
{
    private Action<bool>? end;

    internal PolicyTransaction(Action<bool> end) => this.end = end;

    /// <summary>The act succeeded: what was remembered stays.</summary>
    public void Commit() => Close(keep: true);

    /// <inheritdoc/>
    public void Dispose() => Close(keep: false);

    private void Close(bool keep) => Interlocked.Exchange(ref end, null)?.Invoke(keep);
}
