namespace Cove.Sidecar;

/// <summary>The levels a sidecar's log can be cut at, most talkative first.</summary>
internal enum LogLevelName
{
    Trace,
    Debug,
    Info,
    Warning,
    Error,
    Fatal,
    Panic,
}

/// <summary>Lines of <c>level=… msg=…</c>. Request bodies, answers, tokens and keys are never given to it, at no level.</summary>
internal sealed class SidecarLog(TextWriter output, LogLevelName threshold) : IDisposable
{
    private readonly Lock gate = new();

    public void Debug(string message) => Write(LogLevelName.Debug, message);

    public void Info(string message) => Write(LogLevelName.Info, message);

    public void Warning(string message) => Write(LogLevelName.Warning, message);

    public void Error(string message) => Write(LogLevelName.Error, message);

    public void Fatal(string message) => Write(LogLevelName.Fatal, message);

    public void Dispose()
    {
        lock (gate) output.Dispose();
    }

    private void Write(LogLevelName level, string message)
    {
        if (level < threshold) return;
        var name = level switch
        {
            LogLevelName.Debug => "debug",
            LogLevelName.Info => "info",
            LogLevelName.Warning => "warning",
            LogLevelName.Error => "error",
            _ => "fatal",
        };
        lock (gate)
        {
            // A cause can hold a remote body: one event stays one line.
            output.WriteLine($"level={name} msg={message.ReplaceLineEndings("\\n")}");
            output.Flush();
        }
    }
}
