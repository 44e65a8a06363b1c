using System.Text;
using Cove.Sidecar.Grpc;
using Cove.Sidecar.KeyProvider;

namespace Cove.Sidecar.Tests.Grpc;

public sealed class ServerReflectionTests
{
    private readonly ServerReflection _reflection = new([KeyProviderDescriptors.Current, KeyProviderDescriptors.Legacy]);

    [Fact]
    public void Both_packages_are_listed()
    {
        var answer = Answer(7, "");
        Assert.Equal(["key_provider.KeyProviderService", "keyprovider.KeyProviderService"], Names(ProtoMessage.Fields(ProtoMessage.Field(answer, 6), 1)));
        Assert.False(ProtoMessage.Has(answer, 7));
    }

    [Theory]
    [InlineData("key_provider.KeyProviderService", "key_provider")]
    [InlineData("key_provider.KeyProviderService.UnWrapKey", "key_provider")]
    [InlineData("key_provider.HelloRequest", "key_provider")]
    [InlineData("keyprovider.KeyProviderService", "keyprovider")]
    [InlineData("keyprovider.keyProviderGetReportInput", "keyprovider")]
    public void A_symbols_file_declares_it(string symbol, string package)
    {
        var file = Descriptor(Answer(4, symbol));
        Assert.Equal($"{package}.proto", Text(file, 1));
        Assert.Equal(package, Text(file, 2));
        Assert.Equal("proto3", Text(file, 12));
        Assert.Equal(file, Descriptor(Answer(3, $"{package}.proto")));
    }

    [Theory]
    [InlineData(4, "key_provider.KeyProvider")]
    [InlineData(4, "key_provider.KeyProviderServiceX")]
    [InlineData(4, "key_provider.NoSuchMessage")]
    [InlineData(4, "HelloRequest")]
    [InlineData(3, "other.proto")]
    [InlineData(4, "")]
    public void What_is_not_declared_is_said_to_be_missing(int field, string name)
    {
        var answer = Answer(field, name);
        Assert.Equal([0x08, 5], ProtoMessage.Field(answer, 7)[..2].ToArray());
        Assert.False(ProtoMessage.Has(answer, 4));
    }

    [Fact]
    public void Every_method_takes_and_gives_a_message_of_its_file()
    {
        foreach (var file in (DescribedFile[])[KeyProviderDescriptors.Current, KeyProviderDescriptors.Legacy])
        {
            var messages = Names(ProtoMessage.Fields(file.Descriptor, 4));
            var package = Text(file.Descriptor, 2);
            var service = ProtoMessage.Field(file.Descriptor, 6).ToArray();
            Assert.Equal(file.Service, $"{package}.{Text(service, 1)}");
            foreach (var method in ProtoMessage.Fields(service, 2))
                foreach (var type in (string[])[Text(method, 2), Text(method, 3)])
                    Assert.Contains(type[$".{package}.".Length..], messages);
        }
    }

    [Fact]
    public void The_request_comes_back_with_its_answer()
    {
        var request = new ProtoWriter().Text(1, "localhost").Text(7, "*").Message;
        var answer = _reflection.Answer(request);
        Assert.Equal("localhost", Text(answer, 1));
        Assert.Equal(request, ProtoMessage.Field(answer, 2).ToArray());
    }

    [Fact]
    public void Bytes_that_are_no_message_are_refused() => Assert.Throws<GrpcException>(() => _reflection.Answer([0x3a, 0xff]));

    private byte[] Answer(int field, string value) => _reflection.Answer(new ProtoWriter().Text(field, value).Message);

    private static byte[] Descriptor(byte[] answer) => ProtoMessage.Field(ProtoMessage.Field(answer, 4), 1).ToArray();

    private static string Text(byte[] message, int field) => Encoding.UTF8.GetString(ProtoMessage.Field(message, field));

    private static List<string> Names(IEnumerable<byte[]> messages) => [.. messages.Select(m => Text(m, 1))];
}
