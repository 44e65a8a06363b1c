using System.Globalization;
using System.Runtime.InteropServices;

namespace Cove.Fuzz.Afl;

/// <summary>The segments that AFL++ shares with its targets, each named by a variable.</summary>
internal static unsafe partial class SharedMemory
{
    /// <summary>Maps the segment that the variable names.</summary>
    public static byte* Map(string variable)
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var id))
            throw new InvalidOperationException($"{variable} is not set: this runs under afl-fuzz alone");
        var address = Attach(id, 0, 0);
        return address != -1 ? (byte*)address : throw new InvalidOperationException($"the segment of {variable} cannot be mapped, error {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "shmat", SetLastError = true)]
    private static partial nint Attach(int id, nint address, int flags);
}
