using System.Collections.Frozen;
using System.Globalization;
using Cove.Outcomes;

namespace Cove.Policy.Generation;

/// <summary>Signal names of Linux and their numbers.</summary>
public static class Signals
{
    private static readonly string[] Names =
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    private static readonly FrozenDictionary<string, int> Numbers =
        Names.Select((name, i) => KeyValuePair.Create($"SIG{name}", i + 1)).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The number of a signal given as <c>SIGTERM</c> or <c>15</c>.</summary>
    /// <exception cref="MalformedException">Not a signal, 1 to 64.</exception>
    public static int Parse(string signal) =>
        Numbers.TryGetValue(signal, out var number) ? number
        : int.TryParse(signal, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is >= 1 and <= 64 ? number
        : throw new MalformedException("image", "StopSignal", $"is '{signal}', expected a name such as SIGTERM or a number from 1 to 64");

    /// <summary>The name of a signal, e.g. <c>SIGTERM</c>; its number where it has none.</summary>
    public static string NameOf(int signal) => signal >= 1 && signal <= Names.Length ? $"SIG{Names[signal - 1]}" : $"{signal}";
}
