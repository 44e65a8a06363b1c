namespace Cove.Sidecar.Certificates;

/// <summary>A chip's certificates, PEM, leaf first, and the TCB they are for.</summary>
internal sealed record FetchedCertificates(byte[] Pem, ChipTcb Tcb);
