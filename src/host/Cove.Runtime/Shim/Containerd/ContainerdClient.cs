using Cove.Runtime.Shim.Protobuf;

namespace Cove.Runtime.Shim.Containerd;

/// <summary>Asks containerd what its tasks do not carry: which image a container has, and the image's blobs.</summary>
/// <param name="channel">To containerd's socket, with its namespace in a header.</param>
internal sealed class ContainerdClient(GrpcChannel channel)
{
    /// <summary>The header that names the namespace of everything that is asked about.</summary>
    public const string NamespaceHeader = "containerd-namespace";

    private const string Containers = "containerd.services.containers.v1.Containers/Get";
    private const string Images = "containerd.services.images.v1.Images/Get";
    private const string Content = "containerd.services.content.v1.Content/Read";

    /// <summary>The name of a container's image; empty where it was made from a folder.</summary>
    public async Task<string> ImageOfAsync(string container, CancellationToken cancellation) =>
        TextOf(MessageOf(await channel.CallAsync(Containers, Named(container), cancellation), 1), 3);

    /// <summary>The digest that an image's name stands for: of an index or a manifest.</summary>
    public async Task<string> DigestOfAsync(string image, CancellationToken cancellation) =>
        TextOf(MessageOf(MessageOf(await channel.CallAsync(Images, Named(image), cancellation), 1), 3), 2);

    /// <summary>A blob's content, as it arrives.</summary>
    public async Task<Stream> ReadAsync(string digest, CancellationToken cancellation) => new BlobStream(await channel.SendAsync(Content, Named(digest), cancellation));

    private static byte[] Named(string name) => new ProtobufWriter().Text(1, name).ToArray();

    private static byte[] MessageOf(ReadOnlySpan<byte> message, int field)
    {
        var found = (byte[])[];
        var reader = new ProtobufReader(message, "containerd's answer");
        while (reader.Next())
        {
            if (reader.Field == field) found = reader.Bytes().ToArray();
            else reader.Skip();
        }

        return found;
    }

    private static string TextOf(ReadOnlySpan<byte> message, int field)
    {
        var found = "";
        var reader = new ProtobufReader(message, "containerd's answer");
        while (reader.Next())
        {
            if (reader.Field == field) found = reader.Text();
            else reader.Skip();
        }

        return found;
    }
}
