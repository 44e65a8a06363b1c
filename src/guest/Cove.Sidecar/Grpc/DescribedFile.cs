namespace Cove.Sidecar.Grpc;

/// <summary>A file of descriptors that reflection hands out.</summary>
/// <param name="Package">The package of all that it declares, after which it is named.</param>
/// <param name="ServiceName">The one service in it, without its package.</param>
/// <param name="Descriptor">The FileDescriptorProto.</param>
internal sealed record DescribedFile(string Package, string ServiceName, byte[] Descriptor)
{
    /// <summary>The file's name, e.g. <c>key_provider.proto</c>.</summary>
    public string Name => $"{Package}.proto";

    /// <summary>The service with its package.</summary>
    public string Service => $"{Package}.{ServiceName}";

    /// <summary>Whether the file is where a service, a method of it, or a message of its package is declared.</summary>
    public bool Declares(string symbol)
    {
        var package = $"{Package}.";
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
