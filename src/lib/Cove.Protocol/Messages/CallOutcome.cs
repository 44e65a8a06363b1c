using System.Text.Json.Serialization;

namespace Cove.Protocol.Messages;

[JsonConverter(typeof(JsonStringEnumConverter<CallOutcome>))]
internal enum CallOutcome
{
    Denied,
    Malformed,
    Failed,
}
