using System.Text;
using Cove.Guest.Linux;
using Cove.Guest.Processes;

namespace Cove.Guest.Tests.Processes;

/// <summary>A table reaps every child of the process, as the agent does, so no test that starts processes runs beside these.</summary>
[Collection(ChildProcesses.Name)]
public sealed class ProcessTableTests : IDisposable
{
    private static readonly string[] Environment = ["PATH=/usr/bin:/bin", "NAME=value"];

    private readonly ProcessTable table = new();

    public void Dispose() => table.Dispose();

    [Fact]
    public async Task Runs_programs_with_arguments_environment_and_streams_and_tells_how_they_ended()
    {
        Assert.Equal((7, "a b value"), await RunAsync("sh", "-c", "printf '%s %s %s' \"$1\" \"$2\" $NAME; exit 7", "sh", "a", "b"));
        Assert.Equal((128 + 9, ""), await RunAsync("sh", "-c", "kill -9 $$"));
        Assert.Equal((128 + 13, ""), await RunAsync("sh", "-c", "kill -PIPE $$; exit 3"));
        using var own = Pipe.Create();
        var leaked = new FileInfo($"/proc/self/fd/{own.ReadDescriptor}").LinkTarget!;
        Assert.DoesNotContain(leaked, (await RunAsync("sh", "-c", "ls -l /proc/$$/fd")).Output, StringComparison.Ordinal);
        Assert.Throws<LinuxException>(() => table.Start(["/nothing/here"], Environment, new StdioDescriptors(0, 1, 2)));

        var child = table.Start(["sleep", "600"], Environment, new StdioDescriptors(0, 1, 2));
        Assert.False(child.Exit.IsCompleted);
        Assert.True(child.Signal(15));
        Assert.Equal(128 + 15, (await child.Exit).Code);
        Assert.False(child.Signal(15));
    }

    [Fact]
    public async Task Reaps_no_child_after_it_was_disposed()
    {
        using var later = new ProcessTable();
        var child = table.Start(["sleep", "600"], Environment, new StdioDescriptors(0, 1, 2));
        table.Dispose();
        Assert.False(child.Exit.IsCompleted);

        for (var i = 0; i < 50; i++)
        {
            var other = later.Start(["true"], Environment, new StdioDescriptors(0, 1, 2));
            Assert.Equal(0, (await other.Exit.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)).Code);
        }

        Assert.True(child.Signal(9));
    }

    private async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var pipe = Pipe.Create();
        using var nothing = File.OpenHandle("/dev/null");
        var child = table.Start(arguments, Environment, new StdioDescriptors(nothing.DangerousGetHandle().ToInt32(), pipe.WriteDescriptor, 2));
        using var reader = new StreamReader(pipe.KeepReading(), Encoding.UTF8);
        var output = await reader.ReadToEndAsync();
        return ((await child.Exit).Code, output);
    }
}
