using Cove.Sidecar.Grpc;

namespace Cove.Sidecar.KeyProvider;

/// <summary>
/// The descriptors of the key provider's services, as reflection hands them out: one file a package, with the names that each generation's clients write in
/// JSON. The bytes on the wire are the same for both.
/// </summary>
internal static class KeyProviderDescriptors
{
    private const string Service = "KeyProviderService";
    private const uint Optional = 1; // LABEL_OPTIONAL
    private const uint String = 9; // TYPE_STRING
    private const uint Binary = 12; // TYPE_BYTES

    /// <summary>Today's package, whose fields are named as protocol buffers' style has it.</summary>
    public static DescribedFile Current { get; } = Described(
        "key_provider",
        [
            Message("KeyProviderKeyWrapProtocolInput", ("key_provider_key_wrap_protocol_input", "keyProviderKeyWrapProtocolInput", Binary)),
            Message("KeyProviderKeyWrapProtocolOutput", ("key_provider_key_wrap_protocol_output", "keyProviderKeyWrapProtocolOutput", Binary)),
            Message("KeyProviderGetReportInput", ("report_data_hex_string", "reportDataHexString", String)),
            Message("KeyProviderGetReportOutput", ("report_hex_string", "reportHexString", String)),
            Message("KeyProviderGetAttestationDataInput", ("b64_runtime_data_string", "b64RuntimeDataString", String)),
            Message("KeyProviderGetAttestationDataOutput", ("endorsed_tcb", "endorsedTcb", String), ("certs", "certs", String), ("attestation_report", "attestationReport", String),
                ("uvm_reference_info", "uvmReferenceInfo", String)),
            Message("HelloRequest", ("name", "name", String)),
            Message("HelloReply", ("message", "message", String)),
        ],
        [
            Method("WrapKey", "KeyProviderKeyWrapProtocolInput", "KeyProviderKeyWrapProtocolOutput"),
            Method("UnWrapKey", "KeyProviderKeyWrapProtocolInput", "KeyProviderKeyWrapProtocolOutput"),
            Method("GetReport", "KeyProviderGetReportInput", "KeyProviderGetReportOutput"),
            Method("GetAttestationData", "KeyProviderGetAttestationDataInput", "KeyProviderGetAttestationDataOutput"),
            Method("SayHello", "HelloRequest", "HelloReply"),
        ]);

    /// <summary>ocicrypt's package, with the messages of older sidecars.</summary>
    public static DescribedFile Legacy { get; } = Described(
        "keyprovider",
        [
            Message("keyProviderKeyWrapProtocolInput", ("KeyProviderKeyWrapProtocolInput", "KeyProviderKeyWrapProtocolInput", Binary)),
            Message("keyProviderKeyWrapProtocolOutput", ("KeyProviderKeyWrapProtocolOutput", "KeyProviderKeyWrapProtocolOutput", Binary)),
            Message("keyProviderGetReportInput", ("reportDataHexString", "reportDataHexString", String)),
            Message("keyProviderGetReportOutput", ("reportHexString", "reportHexString", String)),
            Message("HelloRequest", ("name", "name", String)),
            Message("HelloReply", ("message", "message", String)),
        ],
        [
            Method("WrapKey", "keyProviderKeyWrapProtocolInput", "keyProviderKeyWrapProtocolOutput"),
            Method("UnWrapKey", "keyProviderKeyWrapProtocolInput", "keyProviderKeyWrapProtocolOutput"),
            Method("GetReport", "keyProviderGetReportInput", "keyProviderGetReportOutput"),
            Method("SayHello", "HelloRequest", "HelloReply"),
        ]);

    // FileDescriptorProto: name 1, package 2, message_type 4, service 6, syntax 12.
    private static DescribedFile Described(string package, IEnumerable<ProtoWriter> messages, IEnumerable<Func<string, ProtoWriter>> methods) =>
        new(package, Service, new ProtoWriter()
            .Text(1, $"{package}.proto")
            .Text(2, package)
            .Messages(4, messages)
            .Messages(6, [new ProtoWriter().Text(1, Service).Messages(2, methods.Select(method => method(package)))])
            .Text(12, "proto3")
            .Message);

    // DescriptorProto: name 1, field 2. FieldDescriptorProto: name 1, number 3, label 4, type 5, json_name 10.
    private static ProtoWriter Message(string name, params (string Name, string Json, uint Type)[] fields) => new ProtoWriter()
        .Text(1, name)
        .Messages(2, fields.Select((field, index) => new ProtoWriter()
            .Text(1, field.Name).Number(3, (uint)index + 1).Number(4, Optional).Number(5, field.Type).Text(10, field.Json)));

    // MethodDescriptorProto: name 1, input_type 2, output_type 3.
    private static Func<string, ProtoWriter> Method(string name, string input, string output) => package => new ProtoWriter()
        .Text(1, name).Text(2, $".{package}.{input}").Text(3, $".{package}.{output}");
}
