using System.Text;

namespace Cove.Sidecar.Grpc;

/// <summary>
/// gRPC's server reflection, by which clients such as grpcurl learn services and messages: under the names of its first version and of today's, which are the
/// same on the wire. A request asks one thing and gets one answer; what is not known is an answer too.
/// </summary>
internal sealed class ServerReflection(IReadOnlyList<DescribedFile> files)
{
    private const uint NotFound = 5;
    private const uint Unimplemented = 12;

    /// <summary>The paths of the one method.</summary>
    public static IReadOnlyList<string> Paths { get; } =
        ["/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"];

    /// <summary>Answers a ServerReflectionRequest: host 1, file_by_filename 3, file_containing_symbol 4, list_services 7.</summary>
    /// <exception cref="GrpcException">It is no message.</exception>
    public byte[] Answer(byte[] request)
    {
        // ServerReflectionResponse: valid_host 1, original_request 2, then one answer.
        var answer = new ProtoWriter().Bytes(1, ProtoMessage.Field(request, 1)).Bytes(2, request);
        if (ProtoMessage.Has(request, 7)) return Services(answer).Message;
        if (ProtoMessage.Has(request, 3)) return File(answer, files.FirstOrDefault(f => f.Name == Text(request, 3)), $"File not found: {Text(request, 3)}").Message;
        if (ProtoMessage.Has(request, 4)) return File(answer, files.FirstOrDefault(f => f.Declares(Text(request, 4))), $"Symbol not found: {Text(request, 4)}").Message;
        return Error(answer, Unimplemented, "there are no extensions here").Message;
    }

    // ListServiceResponse: service 1, each with a name 1.
    private ProtoWriter Services(ProtoWriter answer) => answer.Bytes(6, new ProtoWriter().Messages(1, files.Select(f => new ProtoWriter().Text(1, f.Service))).Message);

    // FileDescriptorResponse: file_descriptor_proto 1.
    private static ProtoWriter File(ProtoWriter answer, DescribedFile? file, string problem)
        => file is null ? Error(answer, NotFound, problem) : answer.Bytes(4, new ProtoWriter().Bytes(1, file.Descriptor).Message);

    // ErrorResponse: error_code 1, error_message 2.
    private static ProtoWriter Error(ProtoWriter answer, uint code, string message) => answer.Bytes(7, new ProtoWriter().Number(1, code).Text(2, message).Message);

    private static string Text(byte[] request, int field) => Encoding.UTF8.GetString(ProtoMessage.Field(request, field));
}
