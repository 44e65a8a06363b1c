namespace Cove.Guest.Machine;

/// <summary>Waits for what the kernel finds by itself: it is looked for again and again until it is there.</summary>
internal static class DeviceWait
{
    /// <summary>The first answer that is not null; null where there was none in time. There is always a look after the last pause, however long that took.</summary>
    /// <param name="look">Looks once.</param>
    /// <param name="patience">How long to go on.</param>
    /// <param name="pause">Between two looks.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<T?> ForAsync<T>(Func<T?> look, TimeSpan patience, TimeSpan pause, TimeProvider time, CancellationToken cancellation)
        where T : class
    {
        for (var began = time.GetTimestamp(); ; await Task.Delay(pause, time, cancellation))
        {
            if (look() is { } found) return found;
            if (time.GetElapsedTime(began) >= patience) return null;
        }
    }
}
