using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;

namespace Cove.Protocol.Tests.SecureProcessor;

public sealed class ProcessorFramingTests
{
    [Fact]
    public async Task Requests_follow_one_another_until_the_peer_closes()
    {
        using var stream = new MemoryStream();
        await ProcessorFraming.WriteRequestAsync(stream, new ReportRequest(new byte[64], 1));
        await ProcessorFraming.WriteRequestAsync(stream, new ReportRequest(new byte[64], 2));
        Assert.Equal([5, 0, 0, 0, 96, 0, 0, 0], stream.ToArray()[..8]);
        stream.Position = 0;

        Assert.Equal(1u, ((ReportRequest)(await ProcessorFraming.ReadRequestAsync(stream))!).Vmpl);
        Assert.Equal(2u, ((ReportRequest)(await ProcessorFraming.ReadRequestAsync(stream))!).Vmpl);
        Assert.Null(await ProcessorFraming.ReadRequestAsync(stream));
    }

    [Fact]
    public async Task A_response_comes_back_as_it_was_sent()
    {
        using var stream = new MemoryStream();
        await ProcessorFraming.WriteResponseAsync(stream, ReportResponse.Failed(7));
        Assert.Equal([6, 0, 0, 0, 0, 5, 0, 0], stream.ToArray()[..8]);
        stream.Position = 0;

        Assert.Equal(7u, (await ProcessorFraming.ReadResponseAsync(stream)).Status);
    }

    [Fact]
    public async Task A_derived_key_is_asked_for_and_comes_back()
    {
        using var stream = new MemoryStream();
        await ProcessorFraming.WriteRequestAsync(stream, new DerivedKeyRequest(GuestFields.Measurement, 0));
        Assert.Equal([3, 0, 0, 0, 32, 0, 0, 0], stream.ToArray()[..8]);
        stream.Position = 0;
        Assert.Equal(GuestFields.Measurement, Assert.IsType<DerivedKeyRequest>(await ProcessorFraming.ReadRequestAsync(stream)).Fields);

        using var answers = new MemoryStream();
        using var key = DerivedKeyResponse.Of([.. Enumerable.Repeat((byte)9, 32)]);
        await ProcessorFraming.WriteResponseAsync(answers, key);
        Assert.Equal([4, 0, 0, 0, 64, 0, 0, 0], answers.ToArray()[..8]);
        answers.Position = 0;
        using var read = await ProcessorFraming.ReadKeyResponseAsync(answers);
        Assert.Equal(key.Key.ToArray(), read.Key.ToArray());
        answers.Position = 0;
        Assert.Equal("type", (await Assert.ThrowsAsync<MalformedException>(() => ProcessorFraming.ReadResponseAsync(answers))).Field);
    }

    [Fact]
    public async Task Refuses_a_request_with_the_length_of_another()
    {
        var frame = await RequestFrame();
        frame[0] = 3;
        Assert.Equal("length", (await Assert.ThrowsAsync<MalformedException>(() => ProcessorFraming.ReadRequestAsync(new MemoryStream(frame)))).Field);
    }

    [Theory]
    [InlineData(0, "type")]
    [InlineData(4, "length")]
    [InlineData(7, "length")]
    public async Task Refuses_a_frame_with_another_header(int offset, string field)
    {
        var frame = await RequestFrame();
        frame[offset] ^= 0x40;

        var refused = await Assert.ThrowsAsync<MalformedException>(() => ProcessorFraming.ReadRequestAsync(new MemoryStream(frame)));

        Assert.Equal(field, refused.Field);
    }

    [Theory]
    [InlineData(1, "header")]
    [InlineData(7, "header")]
    [InlineData(8, "message")]
    [InlineData(103, "message")]
    public async Task Refuses_a_frame_cut_short(int length, string field)
    {
        var frame = (await RequestFrame())[..length];

        var refused = await Assert.ThrowsAsync<MalformedException>(() => ProcessorFraming.ReadRequestAsync(new MemoryStream(frame)));

        Assert.Equal(field, refused.Field);
    }

    [Fact]
    public async Task Refuses_a_request_where_an_answer_is_due()
    {
        var frame = await RequestFrame();
        await Assert.ThrowsAsync<MalformedException>(() => ProcessorFraming.ReadResponseAsync(new MemoryStream(frame)));
    }

    [Fact]
    public async Task Refuses_a_closed_connection_where_an_answer_is_due() =>
        await Assert.ThrowsAsync<MalformedException>(() => ProcessorFraming.ReadResponseAsync(new MemoryStream()));

    private static async Task<byte[]> RequestFrame()
    {
        using var stream = new MemoryStream();
        await ProcessorFraming.WriteRequestAsync(stream, new ReportRequest(new byte[64]));
        return stream.ToArray();
    }
}
