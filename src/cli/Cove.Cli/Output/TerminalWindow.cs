using System.Runtime.InteropServices;
using Cove.Protocol.Messages;

namespace Cove.Cli.Output;

/// <summary>
/// How large a terminal is. Asked of the kernel: the console of .NET, asked for its width, writes to the terminal that its keys shall send other codes, and
/// leaves it so.
/// </summary>
internal static partial class TerminalWindow
{
    public const int Input = 0, Output = 1, Error = 2;

    private const nuint GetSize = 0x5413; // TIOCGWINSZ

    /// <summary>The size of the terminal that this descriptor leads to; null where it is none, or does not know.</summary>
    public static unsafe TerminalSize? SizeOf(int descriptor)
    {
        var size = stackalloc ushort[4];
        return ioctl(descriptor, GetSize, size) == 0 && size[0] > 0 && size[1] > 0 ? new TerminalSize(size[0], size[1]) : null;
    }

    [LibraryImport("libc")]
    private static unsafe partial int ioctl(int file, nuint request, ushort* size);
}
