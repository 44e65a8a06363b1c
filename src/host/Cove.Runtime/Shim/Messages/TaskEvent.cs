using Cove.Runtime.Shim.Protobuf;

namespace Cove.Runtime.Shim.Messages;

/// <summary>What containerd is told of, kata-and-containerd §4.5.</summary>
/// <param name="Topic">E.g. <c>/tasks/exit</c>.</param>
/// <param name="Event">The message.</param>
internal sealed record TaskEvent(string Topic, Any Event)
{
    public static TaskEvent Created(CreateTaskRequest request, int process) => Of(
        "/tasks/create", "TaskCreate", new ProtobufWriter().Text(1, request.Id).Text(2, request.Bundle).Message(4, request.Stdio.ToBytes()).Number(6, (ulong)process));

    public static TaskEvent Started(string container, int process) => Of("/tasks/start", "TaskStart", new ProtobufWriter().Text(1, container).Number(2, (ulong)process));

    /// <param name="id">The exec, or the container again for its first process.</param>
    public static TaskEvent Exited(string container, string id, int process, ProcessExit exit) => Of(
        "/tasks/exit",
        "TaskExit",
        new ProtobufWriter().Text(1, container).Text(2, id).Number(3, (ulong)process).Number(4, (ulong)exit.Code).Message(5, ProcessExit.Timestamp(exit.At)));

    public static TaskEvent Deleted(string container, int process, ProcessExit exit) => Of(
        "/tasks/delete",
        "TaskDelete",
        new ProtobufWriter().Text(1, container).Number(2, (ulong)process).Number(3, (ulong)exit.Code).Message(4, ProcessExit.Timestamp(exit.At)));

    public static TaskEvent Paused(string container) => Of("/tasks/paused", "TaskPaused", new ProtobufWriter().Text(1, container));

    public static TaskEvent Resumed(string container) => Of("/tasks/resumed", "TaskResumed", new ProtobufWriter().Text(1, container));

    public static TaskEvent ExecAdded(string container, string exec) => Of("/tasks/exec-added", "TaskExecAdded", new ProtobufWriter().Text(1, container).Text(2, exec));

    public static TaskEvent ExecStarted(string container, string exec, int process) => Of(
        "/tasks/exec-started", "TaskExecStarted", new ProtobufWriter().Text(1, container).Text(2, exec).Number(3, (ulong)process));

    /// <summary>The message that hands it over.</summary>
    public byte[] ToForwardRequest(string containerdNamespace, DateTimeOffset time) => new ProtobufWriter().Message(1, new ProtobufWriter()
        .Message(1, ProcessExit.Timestamp(time)).Text(2, containerdNamespace).Text(3, Topic).Message(4, Event.ToBytes()).ToArray()).ToArray();

    private static TaskEvent Of(string topic, string name, ProtobufWriter message) => new(topic, new Any($"containerd.events.{name}", message.ToArray()));
}
