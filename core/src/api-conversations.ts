import type {
  CreateConversation,
  CreateProject,
  ExportFormat,
  ImportConversations,
  ListConversations,
  UpdateConversation,
  UpdateProject,
} from '@cadre/contract/conversations'
import type { ListMessages, SearchMessages, SendMessage } from '@cadre/contract/messages'
import type { PageQuery } from '@cadre/contract/page'
import type { PartyRef } from '@cadre/contract/participants'
import type { z } from 'zod'
import type { Actor } from './access/actor.ts'
import type { App } from './app.ts'
import { downloadAttachment, uploadAttachment } from './conversations/attachments.ts'
import { createConversation } from './conversations/create-conversation.ts'
import { deleteMessage, editMessage } from './conversations/edit-message.ts'
import { exportConversation } from './conversations/export-conversation.ts'
import { followAll } from './conversations/follow-all.ts'
import { followConversation } from './conversations/follow-conversation.ts'
import { getConversation, listConversations } from './conversations/get-conversation.ts'
import { importConversations } from './conversations/import/import-conversations.ts'
import { getMessage, listMessages, listPins } from './conversations/list-messages.ts'
import { addParticipant, listParticipants, muteConversation, removeParticipant } from './conversations/participants.ts'
import { createProject, deleteProject, getProject, listProjects, updateProject } from './conversations/projects.ts'
import { pin, react, unpin, unreact } from './conversations/reactions.ts'
import { countUnread, markRead, tellTyping } from './conversations/read-state.ts'
import { findMessages } from './conversations/search-messages.ts'
import { sendMessage } from './conversations/send-message.ts'
import { agentsIn } from './conversations/turns/agent-status.ts'
import { branchFrom, regenerate, retryAnswer } from './conversations/turns/branch.ts'
import { chooseBranch } from './conversations/turns/choose-branch.ts'
import { showSpent } from './conversations/turns/room-budget.ts'
import { stopAgents } from './conversations/turns/stop.ts'
import { deleteConversation, updateConversation } from './conversations/update-conversation.ts'
import type { FollowExtra } from './api.ts'

type Room = { conversationId: string }
type One = { messageId: string }
type Paging = z.infer<typeof PageQuery>

/** The endpoints of rooms and messages; see api.ts. */
export function conversationsApi(app: App) {
  return {
    projects: {
      list: (actor: Actor, input: Paging) => listProjects(app, actor, input),
      create: (actor: Actor, input: CreateProject) => createProject(app, actor, input),
      get: (actor: Actor, input: { projectId: string }) => getProject(app, actor, input.projectId),
      update: (actor: Actor, { projectId, ...change }: { projectId: string } & UpdateProject) => updateProject(app, actor, projectId, change),
      delete: (actor: Actor, input: { projectId: string }) => deleteProject(app, actor, input.projectId),
    },
    conversations: {
      list: (actor: Actor, input: ListConversations) => listConversations(app, actor, input),
      create: (actor: Actor, input: CreateConversation) => createConversation(app, actor, input),
      get: (actor: Actor, input: Room) => getConversation(app, actor, input.conversationId),
      update: (actor: Actor, { conversationId, ...change }: Room & UpdateConversation) => updateConversation(app, actor, conversationId, change),
      delete: (actor: Actor, input: Room) => deleteConversation(app, actor, input.conversationId),
      participants: (actor: Actor, input: Room) => listParticipants(app, actor, input.conversationId),
      addParticipant: (actor: Actor, { conversationId, ...party }: Room & PartyRef) => addParticipant(app, actor, conversationId, party),
      removeParticipant: (actor: Actor, { conversationId, ...party }: Room & PartyRef) => removeParticipant(app, actor, conversationId, party),
      read: (actor: Actor, input: Room & { seq: number }) => markRead(app, actor, input.conversationId, input.seq),
      unread: (actor: Actor) => countUnread(app, actor),
      mute: (actor: Actor, input: Room & { muted: boolean }) => muteConversation(app, actor, input.conversationId, input.muted),
      agents: (actor: Actor, input: Room) => agentsIn(app, actor, input.conversationId),
      budget: (actor: Actor, input: Room) => showSpent(app, actor, input.conversationId),
      stop: (actor: Actor, input: Room) => stopAgents(app, actor, input.conversationId),
      typing: (actor: Actor, input: Room) => tellTyping(app, actor, input.conversationId),
      follow: (actor: Actor, input: Room & { after?: number | undefined }, extra: FollowExtra) =>
        followConversation(app, actor, input.conversationId, { after: input.after, ...extra }),
      export: (actor: Actor, input: Room & { format: ExportFormat }) => exportConversation(app, actor, input.conversationId, input.format),
      import: (actor: Actor, input: ImportConversations) => importConversations(app, actor, input),
    },
    messages: {
      list: (actor: Actor, { conversationId, ...input }: Room & ListMessages) => listMessages(app, actor, conversationId, input),
      send: (actor: Actor, { conversationId, ...input }: Room & SendMessage, extra: { idempotency_key?: string | undefined } = {}) =>
        sendMessage(app, actor, conversationId, input, extra.idempotency_key),
      get: (actor: Actor, input: One) => getMessage(app, actor, input.messageId),
      edit: (actor: Actor, { messageId, content, branch }: One & { content: string; branch: boolean }) =>
        branch ? branchFrom(app, actor, messageId, content) : editMessage(app, actor, messageId, content),
      regenerate: (actor: Actor, input: One) => regenerate(app, actor, input.messageId),
      retry: (actor: Actor, input: One) => retryAnswer(app, actor, input.messageId),
      choose: (actor: Actor, input: One) => chooseBranch(app, actor, input.messageId),
      delete: (actor: Actor, input: One) => deleteMessage(app, actor, input.messageId),
      react: (actor: Actor, input: One & { emoji: string }) => react(app, actor, input.messageId, input.emoji),
      unreact: (actor: Actor, input: One & { emoji: string }) => unreact(app, actor, input.messageId, input.emoji),
      pin: (actor: Actor, input: One) => pin(app, actor, input.messageId),
      unpin: (actor: Actor, input: One) => unpin(app, actor, input.messageId),
      pins: (actor: Actor, input: Room) => listPins(app, actor, input.conversationId),
      search: (actor: Actor, input: SearchMessages) => findMessages(app, actor, input),
    },
    attachments: {
      upload: (actor: Actor, { conversationId, ...file }: Room & { name: string; content: string }) =>
        uploadAttachment(app, actor, conversationId, file),
      download: (actor: Actor, input: { attachmentId: string }) => downloadAttachment(app, actor, input.attachmentId),
    },
    events: {
      follow: (actor: Actor, _input: unknown, extra: FollowExtra) => followAll(app, actor, extra),
    },
  }
}
