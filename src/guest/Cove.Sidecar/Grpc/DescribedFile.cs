namespace Cove.Sidecar.Grpc;

/// <summary>A file of descriptors that reflection hands out.</summary>
/// <param name="Name">The file's name, e.g. <c>key_provider.proto</c>.</param>
/// <param name="Service">The one service in it, with its package.</param>
/// <param name="Descriptor">The FileDescriptorProto.</param>
internal sealed record DescribedFile(string Name, string Service, byte[] Descriptor)
{
    /// <summary>Whether the file is where a service, a method of it, or a message of its package is declared.</summary>
    public bool Declares(string symbol)
    {
        var package = Service[..(Service.LastIndexOf('.') + 1)];
        return symbol == Service || symbol.StartsWith(Service + ".", StringComparison.Ordinal)
            || (symbol.StartsWith(package, StringComparison.Ordinal) && !symbol.AsSpan(package.Length).Contains('.') && DeclaresMessage(symbol[package.Length..]));
    }

    private bool DeclaresMessage(string name)
    {
        foreach (var message in ProtoMessage.Fields(Descriptor, 4))
            if (System.Text.Encoding.UTF8.GetString(ProtoMessage.Field(message, 1)) == name) return true;
        return false;
    }
}
