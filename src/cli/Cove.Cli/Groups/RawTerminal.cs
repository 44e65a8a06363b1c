using System.Runtime.InteropServices;
using System.Threading.Channels;
using Cove.Protocol.Messages;

namespace Cove.Cli.Groups;

/// <summary>
/// This process's terminal while it stands for one in a guest: what is typed arrives as it is, Ctrl-C included, and is not shown. It is again what it
/// was when this is disposed, and before a signal ends the process.
/// </summary>
internal sealed partial class RawTerminal : IDisposable
{
    private const int AfterOutput = 1; // TCSADRAIN

    /// <summary>More than the structure termios has with any C library of Linux.</summary>
    private const int AttributesSize = 256;

    private readonly byte[] before;
    private readonly byte[] raw;
    private readonly Lock gate = new();
    private readonly Channel<TerminalSize> sizes = Channel.CreateBounded<TerminalSize>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly List<PosixSignalRegistration> signals = [];
    private bool restored;

    private RawTerminal(byte[] before)
    {
        (this.before, raw) = (before, before.ToArray());
        cfmakeraw(raw);

        // Registered first: from here on nothing that can be caught leaves the terminal raw.
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
            signals.Add(PosixSignalRegistration.Create(signal, _ => Restore()));
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Apply()));
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => TellSize()));
        Apply();
        TellSize();
    }

    /// <summary>The terminal's size now, and each time it changes. Only the newest matters.</summary>
    public ChannelReader<TerminalSize> Sizes => sizes.Reader;

    /// <summary>Makes the terminal of standard input raw; null where standard input is none.</summary>
    public static RawTerminal? TryOpen()
    {
        var attributes = new byte[AttributesSize];
        return tcgetattr(TerminalWindow.Input, attributes) == 0 ? new RawTerminal(attributes) : null;
    }

    public void Dispose()
    {
        Restore();
        foreach (var signal in signals) signal.Dispose();
    }

    /// <summary>Also when the process goes on after it was stopped: whoever had the terminal in between left it as they like it.</summary>
    private void Apply()
    {
        lock (gate)
        {
            if (!restored) _ = tcsetattr(TerminalWindow.Input, AfterOutput, raw);
        }
    }

    private void Restore()
    {
        lock (gate)
        {
            if (restored) return;
            restored = true;
            _ = tcsetattr(TerminalWindow.Input, AfterOutput, before);
        }
    }

    private void TellSize()
    {
        if (TerminalWindow.SizeOf(TerminalWindow.Input) is { } size) sizes.Writer.TryWrite(size);
    }

    [LibraryImport("libc")]
    private static partial int tcgetattr(int file, Span<byte> attributes);

    [LibraryImport("libc")]
    private static partial int tcsetattr(int file, int when, ReadOnlySpan<byte> attributes);

    [LibraryImport("libc")]
    private static partial void cfmakeraw(Span<byte> attributes);
}
