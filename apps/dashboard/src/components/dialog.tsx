import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

/** A dialog over the page: holds the focus, closes with Escape, and gives the focus back. */
export function Dialog({
  title,
  isOpen,
  onClose,
  isAlert = false,
  children,
}: {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  /** True for a question that has to be answered: a click beside it does not close it. */
  isAlert?: boolean;
  children: ReactNode;
}) {
  return (
    <ModalOverlay
      className="veil"
      isOpen={isOpen}
      isDismissable={!isAlert}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className="dialog">
        <AriaDialog role={isAlert ? 'alertdialog' : 'dialog'}>
          <Heading slot="title" level={2}>
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
