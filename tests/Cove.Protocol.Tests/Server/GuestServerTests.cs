using System.Net.Sockets;
using System.Text;
using Cove.Outcomes;
using Cove.Protocol.Client;
using Cove.Protocol.Framing;
using Cove.Protocol.Messages;
using FsCheck;
using FsCheck.Fluent;

namespace Cove.Protocol.Tests.Server;

public sealed class GuestServerTests
{
    /// <summary>A conversation whose every cut, bit flip and replacement is tried below.</summary>
    private static readonly byte[] Conversation =
    [
        .. Frame(FrameKind.Request, 0, (ushort)GuestMethod.Ping, 1, "{}"u8),
        .. Frame(FrameKind.Request, 0, (ushort)GuestMethod.Exec, 2, """{"containerId":"c","args":["cat"]}"""u8),
        .. Frame(FrameKind.Data, 0, 0, 2, "some input"u8),
        .. Frame(FrameKind.End, 0, 0, 2, []),
        .. Frame(FrameKind.Cancel, 0, 0, 2, []),
        .. Frame(FrameKind.Request, 0, 999, 3, "{}"u8),
    ];

    [Fact]
    public async Task Answers_several_calls_of_several_hosts_side_by_side()
    {
        await using var guest = new GuestUnderTest();
        await using var one = await guest.ConnectAsync();
        await using var other = await guest.ConnectAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, ProtocolLimits.MaxCalls).Select(i => (i % 2 == 0 ? one : other).CallAsync(GuestCalls.Ping, new PingRequest())));
        Assert.All(answers, answer => Assert.Equal("test", Accepted(answer).Version));
    }

    [Fact]
    public async Task Garbage_of_any_kind_leaves_the_server_and_other_connections_unharmed()
    {
        await using var guest = new GuestUnderTest(handlers => handlers.On(GuestCalls.Exec, async (_, streams, cancellation) =>
        {
            await streams.CopyInputToAsync(null, cancellation);
            return new ExecResponse(0, true);
        }));
        await using var bystander = await guest.ConnectAsync();

        var garbage = Gen.ArrayOf(ArbMap.Default.GeneratorFor<byte>()).Select(bytes => (Greet: bytes.Length % 2 == 0, Bytes: bytes));
        var altered =
            from flips in Gen.ArrayOf(Gen.Choose(0, Conversation.Length - 1).Zip(Gen.Choose(1, 255)))
            from cut in Gen.Choose(0, Conversation.Length)
            select (Greet: true, Bytes: Alter(flips, cut));
        var property = Prop.ForAll(Gen.OneOf(garbage, altered).ToArbitrary(), sent =>
        {
            SendAsync(guest, sent.Greet, sent.Bytes).GetAwaiter().GetResult();
            return Accepted(bystander.CallAsync(GuestCalls.Ping, new PingRequest()).GetAwaiter().GetResult()).Version == "test";
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), property);

        await using var newcomer = await guest.ConnectAsync();
        Assert.Equal("test", Accepted(await newcomer.CallAsync(GuestCalls.Ping, new PingRequest())).Version);
    }

    [Fact]
    public async Task A_handler_that_throws_costs_only_its_call_and_its_message_stays_inside()
    {
        await using var guest = new GuestUnderTest(handlers => handlers
            .On(GuestCalls.GetProperties, (_, _) => throw new InvalidOperationException("PASSWORD=secret"))
            .On(GuestCalls.DumpStacks, (_, _) => throw new GuestFailedException("too-early", "not yet")));
        await using var host = await guest.ConnectAsync();
        var bug = await Assert.ThrowsAsync<GuestFailedException>(() => host.CallAsync(GuestCalls.GetProperties, new GetPropertiesRequest()));
        Assert.Equal("internal", bug.Code);
        Assert.DoesNotContain("secret", bug.ToString(), StringComparison.Ordinal);
        Assert.Equal("too-early", (await Assert.ThrowsAsync<GuestFailedException>(() => host.CallAsync(GuestCalls.DumpStacks, new DumpStacksRequest()))).Code);
        Assert.Equal("test", Accepted(await host.CallAsync(GuestCalls.Ping, new PingRequest())).Version);
    }

    [Fact]
    public async Task A_request_of_the_wrong_form_is_malformed_and_the_connection_lives()
    {
        await using var guest = new GuestUnderTest(handlers =>
            handlers.On(GuestCalls.StartContainer, (_, _) => Task.FromResult<Verdict<Done>>(new Done())));
        await using var raw = await guest.GreetRawAsync();
        await raw.WriteAsync(Frame(FrameKind.Request, 0, (ushort)GuestMethod.StartContainer, 1, """{"container":"c"}"""u8));
        var reader = new FrameReader(raw);
        using (var answer = await reader.ReadAsync(CancellationToken.None))
        {
            Assert.Equal(FrameKind.Error, answer!.Header.Kind);
            Assert.Contains("\"outcome\":\"Malformed\"", Encoding.UTF8.GetString(answer.Payload.Span), StringComparison.Ordinal);
        }

        await raw.WriteAsync(Frame(FrameKind.Request, 0, (ushort)GuestMethod.StartContainer, 2, """{"containerId":"c"}"""u8));
        using var second = await reader.ReadAsync(CancellationToken.None);
        Assert.Equal(FrameKind.Response, second!.Header.Kind);
    }

    [Theory]
    [InlineData((int)FrameKind.Response, 1UL)]
    [InlineData((int)FrameKind.Data, 9UL)]
    public async Task A_frame_that_does_not_fit_the_conversation_ends_it(int kind, ulong id)
    {
        await using var guest = new GuestUnderTest();
        await using var raw = await guest.GreetRawAsync();
        await raw.WriteAsync(Frame((FrameKind)kind, 0, 0, id, "{}"u8));
        await AssertEndsAsync(raw);
    }

    [Fact]
    public async Task A_call_id_that_was_used_before_ends_the_connection()
    {
        await using var guest = new GuestUnderTest();
        await using var raw = await guest.GreetRawAsync();
        var ping = Frame(FrameKind.Request, 0, (ushort)GuestMethod.Ping, 1, "{}"u8);
        await raw.WriteAsync(ping);
        var reader = new FrameReader(raw);
        (await reader.ReadAsync(CancellationToken.None))!.Dispose();
        await raw.WriteAsync(ping);
        await AssertEndsAsync(raw);
    }

    [Fact]
    public async Task More_stream_bytes_than_were_granted_end_the_connection()
    {
        await using var guest = new GuestUnderTest(handlers => handlers.On(GuestCalls.Exec, async (_, _, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return new ExecResponse(0, true);
        }));
        await using var raw = await guest.GreetRawAsync();
        await raw.WriteAsync(Frame(FrameKind.Request, 0, (ushort)GuestMethod.Exec, 1, """{"containerId":"c","args":["cat"]}"""u8));
        var data = Frame(FrameKind.Data, 0, 0, 1, new byte[ProtocolLimits.MaxDataBytes]);
        for (var sent = 0; sent < ProtocolLimits.StreamWindow; sent += ProtocolLimits.MaxDataBytes) await raw.WriteAsync(data);
        await raw.WriteAsync(Frame(FrameKind.Data, 0, 0, 1, "x"u8));
        await AssertEndsAsync(raw);
    }

    /// <summary>The server says nothing more and closes; where it does so before it read everything, the kernel calls that a reset.</summary>
    private static async Task AssertEndsAsync(Stream raw)
    {
        try
        {
            Assert.Equal(0, await raw.ReadAsync(new byte[1]));
        }
        catch (IOException reset)
        {
            Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(reset.InnerException).SocketErrorCode);
        }
    }

    private static async Task SendAsync(GuestUnderTest guest, bool greet, byte[] bytes)
    {
        await using var raw = greet ? await guest.GreetRawAsync() : guest.ConnectRaw();
        try
        {
            await raw.WriteAsync(bytes);
        }
        catch (IOException)
        {
            // The server closed before all of it was sent: what it should do with garbage.
        }
    }

    private static byte[] Alter((int At, int Mask)[] flips, int cut)
    {
        var bytes = Conversation.ToArray();
        foreach (var (at, mask) in flips.Take(3)) bytes[at] ^= (byte)mask;
        return bytes[..cut];
    }

    private static byte[] Frame(FrameKind kind, byte channel, ushort method, ulong id, ReadOnlySpan<byte> payload)
    {
        var bytes = new byte[FrameHeader.Size + payload.Length];
        new FrameHeader(payload.Length, kind, (StdioChannel)channel, method, id).Write(bytes);
        payload.CopyTo(bytes.AsSpan(FrameHeader.Size));
        return bytes;
    }

    private static T Accepted<T>(Verdict<T> verdict) => Assert.IsType<Verdict<T>.Accepted>(verdict).Value;
}
