using System.Globalization;

namespace Cove.Cli.Output;

/// <summary>
/// Something is going on. Silent for half a second; then one live line on a terminal. Elsewhere, such as in a log, each part of the work is said once, and only if it
/// takes long again, with the time it has taken.
/// </summary>
internal sealed class Progress : IDisposable
{
    /// <summary>Work that is done sooner says nothing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan LivePeriod = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan PlainPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PlainAgain = TimeSpan.FromSeconds(30);

    private readonly Page page;
    private readonly bool live;
    private readonly Lock errorLock;
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private string what;
    private string? said;
    private long saidAt;
    private long began;
    private long? total;
    private long done;
    private bool shown;
    private bool ended;

    internal Progress(Page page, bool live, Lock errorLock, TimeProvider time, string what, long? total)
    {
        (this.page, this.live, this.errorLock, this.time, this.what, this.total) = (page, live, errorLock, time, what, total);
        began = time.GetTimestamp();
        timer = time.CreateTimer(_ => Tick(), null, Patience, live ? LivePeriod : PlainPeriod);
    }

    /// <summary>Some more bytes (or things) are done.</summary>
    public void Advance(long by) => Interlocked.Add(ref done, by);

    /// <summary>So many bytes (or things) are done.</summary>
    public void Report(long doneSoFar) => Interlocked.Exchange(ref done, doneSoFar);

    /// <summary>The next part of the work begins.</summary>
    public void Next(string part, long? partTotal = null)
    {
        lock (errorLock)
        {
            (what, total, began) = (part, partTotal, time.GetTimestamp());
            Interlocked.Exchange(ref done, 0);
        }
    }

    public void Dispose()
    {
        timer.Dispose();
        lock (errorLock)
        {
            Erase();
            ended = true;
        }
    }

    // Called with the lock held, also by Terminal around a note.
    internal void Erase()
    {
        if (live && shown && !ended) page.EraseLine();
    }

    internal void Draw()
    {
        if (!live || !shown || ended) return;
        var text = Text();
        page.Part(text.Length < page.Width ? text : text[..(page.Width - 1)]);
    }

    private void Tick()
    {
        lock (errorLock)
        {
            if (ended) return;
            Erase();
            shown = true;
            if (live) Draw();
            else Say();
        }
    }

    private void Say()
    {
        var again = said == what;
        if (again && time.GetElapsedTime(saidAt) < PlainAgain) return;
        page.Line(again ? string.Create(CultureInfo.InvariantCulture, $"{Text()}, {(long)time.GetElapsedTime(began).TotalSeconds} s so far") : Text());
        (said, saidAt) = (what, time.GetTimestamp());
    }

    private string Text() => (Interlocked.Read(ref done), total) switch
    {
        (0, _) => what,
        (var d, { } t and > 0) => string.Create(CultureInfo.InvariantCulture, $"{what}, {Math.Min(100, d * 100 / t)} %"),
        (var d, _) => $"{what}, {Quantity.Bytes(d)}",
    };
}
