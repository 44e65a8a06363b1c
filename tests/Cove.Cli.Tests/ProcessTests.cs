using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Cove.Cli.Tests;

/// <summary>The program itself, as a process.</summary>
public sealed partial class ProcessTests
{
    private const int Interrupt = 2;

    [Fact]
    public async Task Help_goes_to_standard_output_and_exits_0()
    {
        using var cove = Start("--help");
        cove.StandardInput.Close();
        var (output, error) = (cove.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), cove.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await cove.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (cove.ExitCode, await error));
        Assert.Contains("cove doctor", await output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_command_that_waits_for_input_with_130()
    {
        using var cove = Start("image", "hash", "-");
        // The command says after half a second that it is at work: from then on an interrupt meets it there.
        Assert.Equal("hashing -", await cove.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, kill(cove.Id, Interrupt));
        await cove.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(130, cove.ExitCode);
    }

    private static Process Start(params string[] words)
    {
        // Whoever runs the tests in the background may ignore interrupts, and a child would inherit that.
        var start = new ProcessStartInfo("env") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("--default-signal=INT");
        start.ArgumentList.Add("dotnet");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "cove.dll"));
        foreach (var word in words) start.ArgumentList.Add(word);
        return Process.Start(start)!;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int kill(int process, int signal);
}
