using System.Text;
using Cove.Guest.Processes;

namespace Cove.Guest.Tests.Processes;

[Collection(ChildProcesses.Name)]
public sealed class PseudoTerminalTests : IDisposable
{
    private readonly ProcessTable table = new();

    public void Dispose() => table.Dispose();

    [Fact]
    public async Task A_process_has_a_terminal_of_the_given_size_reads_what_is_typed_and_its_output_ends_with_it()
    {
        Assert.SkipUnless(File.Exists("/dev/ptmx"), "there are no pseudo terminals here");
        using var terminal = PseudoTerminal.Open(out var far);
        var number = far.DangerousGetHandle().ToInt32();
        terminal.Resize(33, 101);
        var child = table.Start(
            ["sh", "-c", "test -t 0 && test -t 1 && test -t 2 && stty size; read line; echo got $line"], ["PATH=/usr/bin:/bin"], new StdioDescriptors(number, number, number));
        far.Dispose();
        await terminal.Stream.WriteAsync("word\n"u8.ToArray(), TestContext.Current.CancellationToken);

        using var said = new MemoryStream();
        var buffer = new byte[100];
        while (terminal.Stream.Read(buffer) is var read and > 0) said.Write(buffer, 0, read);
        Assert.Equal(0, (await child.Exit).Code);
        var text = Encoding.UTF8.GetString(said.ToArray());
        Assert.Contains("33 101\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("got word\r\n", text, StringComparison.Ordinal);

        terminal.Dispose();
        terminal.Resize(1, 1);
    }

    [Fact]
    public async Task A_connection_that_hands_over_no_descriptor_gives_no_terminal()
    {
        var folder = Directory.CreateTempSubdirectory("cove-tty-");
        using (var socket = new TerminalSocket(Path.Combine(folder.FullName, "s")))
        {
            using var sender = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
            await sender.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(socket.Path), TestContext.Current.CancellationToken);
            await sender.SendAsync("/dev/pts/0"u8.ToArray(), TestContext.Current.CancellationToken);
            await Assert.ThrowsAsync<Cove.Guest.Linux.LinuxException>(() => socket.ReceiveAsync(TimeProvider.System));
        }

        Assert.Empty(folder.GetFileSystemInfos());
        folder.Delete();
    }
}
