namespace Cove.Sidecar.Release;

/// <summary>
/// Wrapping keys, each for one release. Making one is the longest part of a release, so the next is made while nobody waits for it.
/// </summary>
internal sealed class WrappingKeys : IDisposable
{
    private Task<WrappingKey>? next = Task.Run(WrappingKey.Create);

    /// <summary>A key that nobody had before; the caller's to dispose of.</summary>
    public async Task<WrappingKey> TakeAsync()
    {
        var key = await (Interlocked.Exchange(ref next, null) ?? Task.Run(WrappingKey.Create));
        Prepare();
        return key;
    }

    public void Dispose()
    {
        // One that is still being made is nobody's, and is collected.
        if (Interlocked.Exchange(ref next, null) is { IsCompletedSuccessfully: true } unused) unused.Result.Dispose();
    }

    private void Prepare()
    {
        if (Volatile.Read(ref next) is not null) return;
        var prepared = new Task<WrappingKey>(WrappingKey.Create);
        if (Interlocked.CompareExchange(ref next, prepared, null) is null) prepared.Start(TaskScheduler.Default);
    }
}
